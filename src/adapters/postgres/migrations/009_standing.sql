-- All that is filed as an agent's standing, also what no version can read: it counts against the agent.
drop index countersign_ledger_standing;
create index countersign_ledger_standing on countersign_ledger (seq) where action_id like 'standing/%';

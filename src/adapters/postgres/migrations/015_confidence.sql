-- How sure the agent was of each action, 0 to 1: what is told of how well founded its confidence was before.
alter table countersign_actions add column confidence double precision; -- null: it was not recorded

-- The next worker that starts reads the whole ledger again.
delete from countersign_actions;
update countersign_projection set seq = 0;

create index countersign_actions_confident on countersign_actions (agent_id, ruled_at desc, action_id)
  where admitted_at is not null and closed_at is not null and confidence is not null;

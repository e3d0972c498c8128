-- The parameters of each action, without the long ones: what an action that succeeded set last.
alter table countersign_actions add column params jsonb; -- null: it has none

-- The next worker that starts reads the whole ledger again.
delete from countersign_actions;
update countersign_projection set seq = 0;

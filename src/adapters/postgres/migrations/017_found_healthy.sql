-- Whether the effect of an action was watched and found healthy: a rollback to what it set is one to a state that is known to be good.
alter table countersign_actions add column found_healthy boolean; -- null: it was not, or nothing is watched for its type

-- The next worker that starts reads the whole ledger again.
delete from countersign_actions;
update countersign_projection set seq = 0;

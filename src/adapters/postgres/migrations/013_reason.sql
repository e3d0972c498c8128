alter table countersign_actions add column reason text; -- why it ended as it did; null: it is not over, or that was not recorded

-- The next worker that starts reads the whole ledger again.
delete from countersign_actions;
update countersign_projection set seq = 0;

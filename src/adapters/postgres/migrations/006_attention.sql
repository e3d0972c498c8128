-- What an action takes of people's attention and what they said of it, as domain/attention/request-facts.ts reads it from the ledger.
alter table countersign_actions add column attention jsonb; -- null: ruled on by a version that did not look at it

-- The next worker that starts reads the whole ledger again.
delete from countersign_actions;
update countersign_projection set seq = 0;

create index countersign_actions_denied on countersign_actions ((attention ->> 'sameness'), closed_at)
  where attention -> 'denial' is not null;
create index countersign_actions_open on countersign_actions (agent_id, ruled_at)
  where closed_at is null and attention -> 'asks' = 'true';
create index countersign_actions_decided on countersign_actions using gin ((attention -> 'decisions') jsonb_path_ops);
create index countersign_actions_ruled on countersign_actions (ruled_at);

-- Only what nobody approved is stopped by such a hold; null: everything is.
alter table countersign_holds add column autonomous_only boolean;

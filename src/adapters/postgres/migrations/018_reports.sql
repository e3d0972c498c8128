-- What became of the watch of an action: what it found, and what people reported after it was over. Times in milliseconds since the epoch.
alter table countersign_actions
  add column verdict     text,   -- what the watch found: healthy, regressed, inconclusive, error; null: nothing was watched
  add column reported    text,   -- what a person reported first: regressed, rollbackWrong; null: nobody did
  add column reported_at bigint;

-- The next worker that starts reads the whole ledger again.
delete from countersign_actions;
update countersign_projection set seq = 0;

create or replace view countersign_ended as
select a.action_id, a.agent_id, a.action_type, a.target, a.environment, a.ruled_at, a.closed_at,
  a.admitted_at is not null as ran, a.outcome, a.settlement, a.review,
  a.attention -> 'asks' = 'true' as asked,
  (a.attention ->> 'sizeChange')::double precision as size_change,
  coalesce(a.attention -> 'decisions', '[]') as decisions,
  (select coalesce(jsonb_object_agg(l.person, l.opened_at), '{}') from countersign_looks l where l.action_id = a.action_id)
    as opened,
  a.reported
from countersign_actions a
where a.closed_at is not null and a.attention is not null and coalesce(a.attention -> 'unsigned', 'false') = 'false';

-- What watches found, and what they missed: what `tune` and the dashboard are made from, and nothing else.
create view countersign_watched as
select a.action_id, a.action_type, a.target, a.environment, a.risk, a.admitted_at, a.rollback_began_at, a.closed_at, a.outcome,
  a.verdict, a.reported, a.reported_at
from countersign_actions a
where a.closed_at is not null and a.admitted_at is not null and a.outcome in ('succeeded', 'rolledBack', 'rollbackFailed');
grant select on countersign_watched to countersign_worker, countersign_gateway;

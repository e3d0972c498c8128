-- A rollback that was not verified belongs to a watched action, too.
create or replace view countersign_watched as
select a.action_id, a.action_type, a.target, a.environment, a.risk, a.admitted_at, a.rollback_began_at, a.closed_at, a.outcome,
  a.verdict, a.reported, a.reported_at, a.reason
from countersign_actions a
where a.closed_at is not null and a.admitted_at is not null
  and a.outcome in ('succeeded', 'rolledBack', 'rollbackFailed', 'rollbackUnverified');

-- The action that each one takes back, as a person asked.
alter table countersign_actions add column takes_back text; -- null: it takes none back

-- Advice is about what agents ask for.
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
where a.closed_at is not null and a.attention is not null and coalesce(a.attention -> 'unsigned', 'false') = 'false'
  and a.takes_back is null;

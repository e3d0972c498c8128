-- How people looked at what they were asked to decide. It is kept for the team: no page shows one person's to another. Times in
-- milliseconds since the epoch. Rows are deleted after 90 days.
create table countersign_looks (
  action_id    text not null,
  person       text not null,
  opened_at    bigint not null, -- when this person first opened the page
  what_decided text,            -- what they said decided it: parameter, record, liveState, text, other
  primary key (action_id, person)
);
create index countersign_looks_opened_at on countersign_looks (opened_at);
grant select, insert, update, delete on countersign_looks to countersign_gateway;

-- How actions ended, and how people looked at them: what advice is made from, and nothing else. Both parts may read it, the gateway without
-- a right to the table of actions.
create index countersign_actions_closed_at on countersign_actions (closed_at) where closed_at is not null;
create view countersign_ended as
select a.action_id, a.agent_id, a.action_type, a.target, a.environment, a.ruled_at, a.closed_at,
  a.admitted_at is not null as ran, a.outcome, a.settlement, a.review,
  a.attention -> 'asks' = 'true' as asked,
  (a.attention ->> 'sizeChange')::double precision as size_change,
  coalesce(a.attention -> 'decisions', '[]') as decisions,
  (select coalesce(jsonb_object_agg(l.person, l.opened_at), '{}') from countersign_looks l where l.action_id = a.action_id)
    as opened
from countersign_actions a
where a.closed_at is not null and a.attention is not null and coalesce(a.attention -> 'unsigned', 'false') = 'false';
grant select on countersign_ended to countersign_worker, countersign_gateway;

-- What people did with what was found. It is kept for the team: no page shows one person's to another.
alter table countersign_looks
  add column found         text[] not null default '{}', -- the kinds of findings that the page showed this person
  add column followed      text[] not null default '{}', -- those of which they followed one to what it is about
  add column approved_past text[] not null default '{}'; -- those of which they confirmed one when they approved

-- The same without the person and the action: what the dashboard counts, and nothing else.
create view countersign_finding_uses as
select l.opened_at, kind, kind = any(l.followed) as followed, kind = any(l.approved_past) as approved_past
from countersign_looks l cross join unnest(l.found) kind;
grant select on countersign_finding_uses to countersign_worker, countersign_gateway;

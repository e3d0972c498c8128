-- Drills: requests among the real ones that must be denied, and that nothing can run (decision 52). Lists show them as they show actions;
-- nothing counts them as actions.
alter table countersign_list add column drill text; -- open, or how it ended; null: it is an action
create index countersign_list_drills on countersign_list (opened_at) where drill is not null;

-- What people did with what was found counts in real requests alone.
create or replace view countersign_finding_uses as
select l.opened_at, kind, kind = any(l.followed) as followed, kind = any(l.approved_past) as approved_past
from countersign_looks l cross join unnest(l.found) kind
where not exists (select from countersign_list d where d.action_id = l.action_id and d.drill is not null);

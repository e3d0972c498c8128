create table countersign_holds (
  id          text primary key,
  scope       jsonb not null,  -- whom it stops, such as {"kind": "agent", "agent": "scaler"}
  placed_by   text not null,
  reason      text not null,
  placed_at   bigint not null, -- milliseconds since the epoch
  lifted_by   text,            -- null: it stands
  lift_reason text,
  lifted_at   bigint
);

create index countersign_holds_standing on countersign_holds (placed_at) where lifted_at is null;

grant select, insert, update on countersign_holds to countersign_app;

-- A target that was on hold, because an action could not be taken back there, is so by this table from now on.
insert into countersign_holds (id, scope, placed_by, reason, placed_at)
select
  holder || '/' || fencing_token,
  jsonb_build_object('kind', 'service', 'environment', split_part(target, '/', 1), 'service', split_part(target, '/', 2)),
  'action/' || holder,
  'it could not be taken back',
  acquired_at
from countersign_leases where held;

update countersign_leases set holder = null, held = false where held;
alter table countersign_leases drop column held;

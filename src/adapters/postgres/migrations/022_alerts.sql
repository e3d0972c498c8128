-- The alerts of other systems about our services, as gateways received them: one row for the begin of an alert and one for its end. A watch
-- that they may end reads them here. Times in milliseconds since the epoch.
create table countersign_alerts (
  receiver    text   not null,  -- by which it came
  fingerprint text   not null,  -- the sender's own id for its labels
  starts_at   bigint not null,  -- by the sender's clock; with the two above it is one alert
  status      text   not null check (status in ('firing', 'resolved')),
  service     text   not null,
  environment text   not null,
  labels      jsonb  not null,
  summary     text,
  ended_at    bigint,           -- by the sender's clock; of a resolved one
  received_at bigint not null,  -- when we first heard of it, by our clock
  primary key (receiver, fingerprint, starts_at, status)
);
create index countersign_alerts_place on countersign_alerts (service, environment, starts_at);
create index countersign_alerts_received on countersign_alerts (received_at);

-- A gateway can add alerts, and can neither read, change nor forget one.
grant insert on countersign_alerts to countersign_gateway;
grant select, delete on countersign_alerts to countersign_worker;

-- What people signed and handed in beside the workflow: the door that no agent can fill. Each statement proves itself; whoever
-- rests on one verifies it. All times: milliseconds since the epoch.
create table countersign_handed_in (
  id           text primary key,  -- SHA-256 of the statement, in hex
  workflow_id  text not null,     -- of the action or the review that it is about
  person       text not null,     -- who signed it
  jws          text not null,
  handed_in_at bigint not null
);
create index countersign_handed_in_workflow on countersign_handed_in (workflow_id, handed_in_at);
create index countersign_handed_in_person on countersign_handed_in (workflow_id, person);

create trigger countersign_append_only
  before update or delete or truncate on countersign_handed_in
  for each statement execute function countersign_refuse_change();

-- What workers tell each other by, where the ledger is away: made here once, and read by workers alone.
create table countersign_secrets (
  name   text primary key,
  secret bytea not null
);
insert into countersign_secrets (name, secret)
values ('seal', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

grant select, insert on countersign_handed_in to countersign_worker, countersign_gateway;
grant select on countersign_secrets to countersign_worker;

-- When it was last looked for actions whose workflow is gone: of all workers one does, whoever sets this.
create table countersign_sweeps (
  only_row boolean primary key default true check (only_row),
  swept_at bigint not null
);
insert into countersign_sweeps (swept_at) values (0);
grant select, update on countersign_sweeps to countersign_worker;

do $$
begin
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'the database has encoding %, it must be UTF8', current_setting('server_encoding');
  end if;
end $$;

-- Roles belong to the whole cluster: the migration of another database may be making the same one at this moment.
do $$
begin
  begin
    if not exists (select from pg_roles where rolname = 'countersign_app') then
      create role countersign_app nologin;
    end if;
  exception
    when duplicate_object or unique_violation then null;
  end;
  begin
    set local role countersign_app;
    reset role;
  exception
    -- A superuser may use any role; who may only create roles has to be granted its use.
    when insufficient_privilege then
      execute format('grant countersign_app to %I', current_user);
  end;
exception
  when unique_violation then null;
  when insufficient_privilege then
    raise exception using message = format(
      '%I may not use the role countersign_app; an administrator has to run: '
      'create role countersign_app nologin; grant countersign_app to %1$I', current_user);
end $$;

create table countersign_ledger (
  seq           bigint primary key check (seq > 0),
  event_id      text not null unique,
  action_id     text not null,
  kind          text not null,
  at            bigint not null, -- milliseconds since the epoch
  previous_hash text not null,
  hash          text not null,
  entry         text not null    -- the whole entry as RFC 8785 canonical JSON; the other columns are for looking it up
);

create index countersign_ledger_action on countersign_ledger (action_id, seq);

create function countersign_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: % of % is refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;

create trigger countersign_append_only
  before update or delete or truncate on countersign_ledger
  for each statement execute function countersign_refuse_change();

create table countersign_leases (
  target        text primary key,
  holder        text,                   -- the action that has the target; null when nobody has
  held          boolean not null,       -- on hold: stays with its holder until a person lifts it
  fencing_token bigint not null check (fencing_token > 0),
  acquired_at   bigint not null,        -- milliseconds since the epoch
  check (holder is not null or not held)
);

grant select, insert on countersign_ledger to countersign_app;
grant select, insert, update on countersign_leases to countersign_app;

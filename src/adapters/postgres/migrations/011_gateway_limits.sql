-- What gateways count together, so that nobody gets more by asking several of them. All times: milliseconds since the epoch.
create table countersign_counts (
  subject  text primary key,
  began_at bigint not null,
  count    int not null
);
grant select, insert, update, delete on countersign_counts to countersign_gateway;

-- What was handed in unsigned and is not over yet: its ids begin with "~".
create index countersign_list_unsigned on countersign_list (action_id)
  where action_id like '~%' and status <> 'closed';

-- Wrong codes are counted by session: whoever stole one locks nobody else out.
alter table countersign_totp drop column failures, drop column locked_until;
create table countersign_wrong_codes (
  person       text not null,
  session      text not null,    -- its id_hash
  failures     int not null,     -- since the last right one
  locked_until bigint not null,
  proved       boolean not null, -- whether there was a right one
  last_at      bigint not null,
  primary key (person, session)
);
grant select, insert, update, delete on countersign_wrong_codes to countersign_gateway;

-- How people changed what they prove themselves with. The gateway writes it down with the change, and a worker mails it.
create table countersign_factor_changes (
  id     bigint generated always as identity primary key,
  person text not null,
  change text not null, -- passkeyAdded, passkeyRemoved, totpAdded, totpRemoved
  name   text,          -- what its owner calls the passkey
  at     bigint not null
);
create index countersign_factor_changes_at on countersign_factor_changes (at);
create table countersign_factor_mails (
  change_id bigint primary key references countersign_factor_changes (id),
  told_at   bigint not null,
  result    text not null -- what became of the mail
);
create trigger countersign_append_only
  before update or delete or truncate on countersign_factor_changes
  for each statement execute function countersign_refuse_change();
grant select, insert on countersign_factor_changes to countersign_gateway;
grant select on countersign_factor_changes to countersign_worker;
grant select, insert on countersign_factor_mails to countersign_worker;

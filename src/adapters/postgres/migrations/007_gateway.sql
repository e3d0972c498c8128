-- Who is signed in to the gateway, and with what people prove who they are. Nothing here is evidence of anything: that is in
-- the signed statements, in the ledger. All times: milliseconds since the epoch.
create table countersign_sessions (
  id_hash      text primary key,  -- SHA-256 of the id in the cookie
  person       text not null,
  signed_by    text not null,     -- oidc or development
  signed_in_at bigint not null,
  proved_at    bigint,            -- when the person last proved who they are; null: the provider did not say
  seen_at      bigint not null
);
create index countersign_sessions_person on countersign_sessions (person);

create table countersign_passkeys (
  credential_id text primary key,
  person        text not null,
  public_key    bytea not null,   -- COSE
  counter       bigint not null,
  transports    text[] not null,
  name          text not null,
  added_at      bigint not null,
  used_at       bigint
);
create index countersign_passkeys_person on countersign_passkeys (person);

create table countersign_challenges (
  challenge  text primary key,
  person     text not null,
  session    text not null,       -- its id_hash
  about      text not null,
  expires_at bigint not null
);

create table countersign_totp (
  person       text primary key,
  secret       text not null,     -- AES-256-GCM, bound to the person
  confirmed_at bigint,            -- null: it proves nothing yet
  last_step    bigint not null,
  failures     int not null,
  locked_until bigint not null
);

grant select, insert, update, delete
  on countersign_sessions, countersign_passkeys, countersign_challenges, countersign_totp
  to countersign_app;

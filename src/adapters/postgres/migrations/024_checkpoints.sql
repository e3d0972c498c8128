-- The ledger as a transparency log (decision 39): a Merkle tree over its entries, and the checkpoints of it that were signed.

-- One checkpoint for one size, for ever: two with different roots would be two histories.
create table countersign_checkpoints (
  size      bigint primary key check (size > 0),  -- how many entries it covers
  note      text   not null,                      -- as it was signed: C2SP tlog-checkpoint
  vkey      text   not null,                      -- who signed it: a verifier key of C2SP signed-note
  signed_at bigint not null                       -- milliseconds since the epoch
);
create trigger countersign_append_only
  before update or delete or truncate on countersign_checkpoints
  for each statement execute function countersign_refuse_change();

-- Full tiles (C2SP tlog-tiles): what signing and proofs read in place of the entries.
create table countersign_tiles (
  level  smallint not null check (level >= 0),
  index  bigint   not null check (index >= 0),
  hashes bytea    not null check (length(hashes) = 8192),
  root   bytea    not null check (length(root) = 32),  -- over the hashes: it is one hash of a tile of the next level
  primary key (level, index)
);
create trigger countersign_append_only
  before update or delete or truncate on countersign_tiles
  for each statement execute function countersign_refuse_change();

-- Who else saw a checkpoint and found that it goes on from the one before: C2SP tlog-cosignature.
create table countersign_cosignatures (
  size    bigint not null references countersign_checkpoints,
  witness text   not null,   -- its verifier key: C2SP signed-note
  line    text   not null,   -- the line of its signature, with its newline
  primary key (size, witness)
);
create trigger countersign_append_only
  before update or delete or truncate on countersign_cosignatures
  for each statement execute function countersign_refuse_change();

grant select, insert on countersign_checkpoints, countersign_tiles, countersign_cosignatures to countersign_worker;
grant select on countersign_checkpoints, countersign_tiles, countersign_cosignatures
  to countersign_gateway, countersign_auditor;

-- What checkpoints are signed with: made here once, and read by workers alone.
insert into countersign_secrets (name, secret)
values ('log', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- The reports that were sent, or are on their way: one of each kind about each period, for ever. So nobody gets two that differ.
create table countersign_reports (
  kind      text   not null check (kind in ('weekly', 'monthly')),
  period    text   not null,   -- 2026-W48, or 2026-11
  size      bigint not null,   -- how many entries of the ledger it was made from
  digest    text   not null,   -- the SHA-256 of its canonical JSON
  report    text,              -- its JSON until it is sent. Then null: what is erased from the ledger must not live on here
  made_at   bigint not null,   -- this and those below in milliseconds since the epoch
  filed_at  bigint,
  mailed_at bigint,
  primary key (kind, period)
);
grant select, insert, update on countersign_reports to countersign_worker;
grant select on countersign_reports to countersign_auditor;

-- The alarms of the log that on-call was paged about and that are not over (decision 50): so nobody is paged each minute.
create table countersign_log_alarms (
  alarm    text   primary key,  -- its name: notSigned, unwitnessed, contradicted/WITNESS
  paged_at bigint not null      -- milliseconds since the epoch
);
grant select, insert, delete on countersign_log_alarms to countersign_worker;

-- Which checkpoint was copied last to each place that keeps copies: a file, a mail.
create table countersign_checkpoint_copies (
  place   text   primary key,
  size    bigint not null,  -- how many entries that checkpoint covers
  kept_at bigint not null   -- milliseconds since the epoch
);
grant select, insert, update on countersign_checkpoint_copies to countersign_worker;

-- What agents knew when they proposed: prompt and answers of tools, as they handed it in. It is beside the ledger, which has only its digest
-- (in the proposal), so that it can be erased. Times in milliseconds since the epoch.
create table countersign_contexts (
  action_id text   primary key,
  digest    text   not null,  -- SHA-256 of its canonical JSON (RFC 8785), in hex: the proposal names it
  key_id    text   not null,  -- which key it is encrypted with
  sealed    bytea,            -- AES-256-GCM: 12 bytes of nonce, the ciphertext, 16 bytes of tag; null: erased
  kept_at   bigint not null,
  erased_at bigint,
  check ((sealed is null) = (erased_at is not null))
);
create index countersign_contexts_kept on countersign_contexts (kept_at);

insert into countersign_secrets (name, secret)
values ('context', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- A worker can add one, and reads none back. An auditor reads what is encrypted, and has no key. The owner erases.
grant insert on countersign_contexts to countersign_worker;
grant select on countersign_contexts to countersign_auditor;

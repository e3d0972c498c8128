-- The chain covers what an entry says by a salted commitment (decision 38). What it says is in a column of its own, which can be erased
-- while the chain stays valid.
alter table countersign_ledger add column payload text; -- body and salt as RFC 8785 canonical JSON; null: erased, or `entry` has the body
comment on column countersign_ledger.entry is
  'the entry without its payload as RFC 8785 canonical JSON; one that was written before migration 023 has its body in here';

-- The one change that an owner can make: forgetting a payload, in a transaction that says that it does.
create function countersign_allow_erasing() returns trigger language plpgsql as $$
begin
  if current_setting('countersign.erases', true) is distinct from 'payloads' then
    raise exception 'the ledger is append-only: % of % is refused', tg_op, tg_table_name
      using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;

create function countersign_allow_erased() returns trigger language plpgsql as $$
begin
  if new.payload is not null or (to_jsonb(new) - 'payload') is distinct from (to_jsonb(old) - 'payload') then
    raise exception 'the ledger is append-only: only a payload can be erased'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

drop trigger countersign_append_only on countersign_ledger;
create trigger countersign_append_only
  before delete or truncate on countersign_ledger
  for each statement execute function countersign_refuse_change();
create trigger countersign_may_erase
  before update on countersign_ledger
  for each statement execute function countersign_allow_erasing();
create trigger countersign_erases_only
  before update on countersign_ledger
  for each row execute function countersign_allow_erased();

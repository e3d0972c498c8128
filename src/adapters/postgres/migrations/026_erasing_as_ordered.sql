-- What an entry said is erased by an entry that says so (decision 44): in its transaction, by the database itself. So no part that runs needs the
-- right to change the ledger, and nothing is erased without a word about it.

-- What stands under legal hold, and the orders themselves, are never erased. It runs as the owner, so it looks for tables in `public` before it
-- looks for temporary ones, which anybody can make. `json` and not `jsonb`: a body may hold text that jsonb does not take.
create function countersign_erase_as_ordered() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ordered json := new.payload::json -> 'body' -> 'entries';
begin
  if exists (
    select from countersign_ledger placed
    where placed.action_id = 'legal-holds/all' and placed.kind = 'legalHoldPlaced'
      and (placed.payload::json #>> '{body,scope,kind}' = 'everything'
        or placed.payload::json #>> '{body,scope,subject}' = new.action_id)
      and not exists (
        select from countersign_ledger ended
        where ended.action_id = 'legal-holds/all' and ended.kind = 'legalHoldEnded'
          and ended.payload::json #>> '{body,id}' = placed.payload::json #>> '{body,id}')
  ) then
    raise exception '% is under legal hold: nothing that the ledger says about it can be erased', new.action_id
      using errcode = 'insufficient_privilege';
  end if;

  perform set_config('countersign.erases', 'payloads', true);
  update countersign_ledger set payload = null
  where action_id = new.action_id and seq < new.seq and payload is not null
    and kind not in ('rulesChanged', 'erasureOrdered', 'legalHoldPlaced', 'legalHoldEnded')
    and seq in (select value::bigint from json_array_elements_text(ordered));
  perform set_config('countersign.erases', '', true);
  return null;
end $$;

-- Otherwise a login could have it fired by a table of its own, and so erase without an entry.
revoke execute on function countersign_erase_as_ordered() from public;

create trigger countersign_erases_as_ordered
  after insert on countersign_ledger
  for each row when (new.kind = 'erasureOrdered') execute function countersign_erase_as_ordered();

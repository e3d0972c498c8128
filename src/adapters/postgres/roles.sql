-- The roles that the parts of Countersign work as. For an administrator, who may create roles; running it again changes nothing:
--
--     psql --dbname postgres --file roles.sql
--
-- These are groups: nobody signs in as one of them. `countersign migrate` grants them what each needs in its database:
--
--   countersign_worker   adds to the ledger; keeps leases, holds, and the tables that follow from the ledger
--   countersign_gateway  reads the ledger and people's lists; keeps sessions, passkeys and authenticator apps
--   countersign_auditor  reads the ledger
--
-- Then each process gets a login of its own, which is in one group alone. The limit keeps one of them from taking all the
-- connections that the others need (a worker takes up to 4, a gateway up to 10):
--
--   create role worker_1  login password '...' connection limit 8  in role countersign_worker;
--   create role gateway_1 login password '...' connection limit 20 in role countersign_gateway;
--   create role auditor_1 login password '...' connection limit 3  in role countersign_auditor;
--
-- One more login owns the database and its tables. `countersign migrate` alone uses it. Nothing may work in countersign_app any
-- more, but the first migration of a new database asks that its owner is in it:
--
--   create role countersign login password '...' in role countersign_app;
--   create database countersign owner countersign;
--
-- Groups belong to the whole cluster: a login has the rights of its group in each database that it can connect to. So:
--
--   revoke all on database countersign from public;
--   grant connect on database countersign to worker_1, gateway_1, auditor_1;

do $$
declare
  wanted text;
begin
  foreach wanted in array array[
    'countersign_worker', 'countersign_gateway', 'countersign_auditor', 'countersign_app'
  ] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin', wanted);
      end if;
    exception
      -- Somebody else makes it at this moment.
      when duplicate_object or unique_violation then null;
    end;
  end loop;
end $$;

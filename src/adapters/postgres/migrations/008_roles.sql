-- Worker, gateway and auditor are roles of their own now (roles.sql), and none of them owns anything. A worker of an earlier
-- version, which took the role countersign_app, can do nothing after this. The role itself stays: another database of the
-- cluster may use it, and the first migration of a new one asks for it.
revoke all on
  countersign_ledger, countersign_leases, countersign_holds, countersign_actions, countersign_projection,
  countersign_list, countersign_people,
  countersign_sessions, countersign_passkeys, countersign_challenges, countersign_totp
  from countersign_app;

-- Which version the database is of.
grant select on countersign_migrations to countersign_worker, countersign_gateway;

grant select, insert on countersign_ledger to countersign_worker;
grant select, insert, update on countersign_leases, countersign_holds, countersign_actions, countersign_list
  to countersign_worker;
grant select, insert, delete on countersign_people to countersign_worker;
-- Who may update its one row may lock it, and only who locks it writes to the ledger.
grant select, update on countersign_projection to countersign_worker;

grant select on countersign_ledger, countersign_list, countersign_people to countersign_gateway;
grant select, insert, update, delete on countersign_sessions, countersign_passkeys, countersign_totp
  to countersign_gateway;
grant select, insert, delete on countersign_challenges to countersign_gateway;

grant select on countersign_ledger to countersign_auditor;

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createFactors } from '../../src/adapters/postgres/factors.ts';
import { createLeases } from '../../src/adapters/postgres/leases.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { createReadModel } from '../../src/adapters/postgres/read-model.ts';
import { createSessions } from '../../src/adapters/postgres/sessions.ts';
import { type DatabaseUrls, prepareDatabase } from '../../src/dev/database.ts';
import { type PostgresServer, startPostgres } from '../../src/dev/postgres.ts';
import { checkChain } from '../../src/domain/ledger/ledger.ts';
import { everything, execute, fact, leased } from './postgres-support.ts';

let postgres: PostgresServer;
let urls: DatabaseUrls;

beforeAll(async () => {
  postgres = await startPostgres();
  urls = await prepareDatabase(postgres.url);
  const worker = await openDatabase(urls.worker, 'worker');
  await createLedger(worker).append(fact('one'));
  await createLeases(worker).acquire(
    { action: leased('one'), at: 1, limits: [] },
    fact('one', { eventId: 'one/run/admitted', kind: 'admitted' }),
    'one/run/closed',
  );
  await worker.close();
  await execute(
    urls.owner,
    `insert into countersign_sessions values ('hash', 'ada', 'oidc', 1, null, 1);
     insert into countersign_totp values ('ada', 'a secret', 1, 1)`,
  );
});

afterAll(() => postgres.stop());

/** What every part is refused: nobody but the owner changes what is recorded, what guards it, or who may do what. */
const FOR_NOBODY = [
  `update countersign_ledger set kind = 'closed'`,
  'delete from countersign_ledger',
  'truncate countersign_ledger',
  `insert into countersign_ledger select * from countersign_ledger on conflict (seq) do update set entry = ''`,
  'alter table countersign_ledger disable trigger countersign_append_only',
  'alter table countersign_ledger rename to other',
  'alter table countersign_ledger owner to current_user',
  'drop trigger countersign_append_only on countersign_ledger',
  'drop table countersign_ledger cascade',
  'create rule forget as on insert to countersign_ledger do instead nothing',
  `create trigger bend before insert on countersign_ledger
     for each row execute function suppress_redundant_updates_trigger()`,
  `create or replace function countersign_refuse_change() returns trigger language plpgsql as 'begin return null; end'`,
  'create policy hide on countersign_ledger using (false)',
  'set session_replication_role = replica',
  // PostgreSQL only warns that nothing was granted.
  `grant update on countersign_ledger to current_user; update countersign_ledger set kind = 'closed'`,
  'set role postgres',
  'set session authorization postgres',
  'set role pg_write_all_data',
  `alter role current_user superuser`,
  `copy countersign_ledger to program 'true'`,
  `insert into countersign_migrations values ('999_mine.sql', '')`,
  'create table public.mine (n int)',
  'create function public.mine() returns int language sql as $$ select 1 $$',
  'begin; lock table countersign_ledger in share mode',
];

const SECRETS = [
  'countersign_sessions',
  'countersign_passkeys',
  'countersign_challenges',
  'countersign_totp',
];

const REFUSED: Readonly<Record<'worker' | 'gateway' | 'auditor', readonly string[]>> = {
  worker: [
    ...SECRETS.map((table) => `table ${table}`),
    `insert into countersign_sessions values ('mine', 'ada', 'oidc', 1, null, 1)`,
    `update countersign_totp set secret = 'mine'`,
    'delete from countersign_leases',
    'delete from countersign_holds',
    'delete from countersign_actions',
    'delete from countersign_list',
    'delete from countersign_projection',
    'insert into countersign_projection (seq) values (9)',
    'truncate countersign_people',
    `update countersign_rule_texts set content = ''`,
    'delete from countersign_reports',
    'delete from countersign_rule_texts',
    'table countersign_contexts',
    'update countersign_contexts set sealed = null',
    'delete from countersign_contexts',
    `insert into countersign_alerts values ('mine', 'a', 1, 'firing', 'cart', 'production', '{}', null, null, 1)`,
    'delete from countersign_tiles',
    `update countersign_checkpoints set note = 'mine'`,
    'truncate countersign_cosignatures',
    'update countersign_log_alarms set paged_at = 1',
    'delete from countersign_checkpoint_copies',
    'set role countersign_gateway',
  ],
  gateway: [
    `insert into countersign_checkpoints values (9, 'mine', 'x', 1)`,
    `insert into countersign_cosignatures values (9, 'mine', 'x')`,
    'table countersign_secrets',
    `insert into countersign_ledger values (3, 'forged', 'one', 'granted', 1, 'x', 'y', '{}')`,
    'table countersign_leases',
    'update countersign_leases set holder = null',
    'table countersign_holds',
    'update countersign_holds set lifted_at = 1',
    'table countersign_actions',
    `update countersign_actions set risk = 0`,
    `update countersign_list set status = 'closed'`,
    `insert into countersign_people values ('ada', 'asked', 1, 'one', null, null)`,
    'delete from countersign_people',
    'table countersign_projection',
    'table countersign_rule_texts',
    'table countersign_contexts',
    'table countersign_reports',
    'table countersign_log_alarms',
    'table countersign_checkpoint_copies',
    'table countersign_alerts',
    'delete from countersign_alerts',
    `update countersign_alerts set service = 'cart'`,
    'update countersign_projection set seq = 0',
    'select from countersign_ledger for share',
    'set role countersign_worker',
    'set role countersign_app',
  ],
  auditor: [
    ...SECRETS.map((table) => `table ${table}`),
    `insert into countersign_ledger values (3, 'forged', 'one', 'granted', 1, 'x', 'y', '{}')`,
    'table countersign_leases',
    'table countersign_holds',
    'table countersign_actions',
    'table countersign_list',
    'table countersign_people',
    'table countersign_alerts',
    'delete from countersign_rule_texts',
    `insert into countersign_contexts values ('mine', 'a', 'b', 'c', 1)`,
    'update countersign_contexts set sealed = null',
    `insert into countersign_reports values ('weekly', '2026-W48', 1, 'd', null, 1)`,
    'table countersign_log_alarms',
    'table countersign_checkpoint_copies',
    'table countersign_projection',
    'table countersign_migrations',
    'select from countersign_ledger for key share',
    `insert into countersign_checkpoints values (9, 'mine', 'x', 1)`,
    'table countersign_secrets',
    'set role countersign_worker',
    'set role countersign_gateway',
  ],
};

const NOT_PERMITTED =
  /permission denied|must be (owner|superuser)|(only|can) .*(superuser|SUPERUSER)|may not|is not permitted/i;

describe.each(['worker', 'gateway', 'auditor'] as const)('INVARIANT 9: the %s', (part) => {
  test.each([...FOR_NOBODY, ...REFUSED[part]])('may not: %s', async (statement) => {
    await expect(execute(urls[part], statement)).rejects.toThrow(NOT_PERMITTED);
  });

  test('owns nothing, is in one group alone, and its group may sign in nowhere', async () => {
    const client = new Client({ connectionString: urls.owner });
    await client.connect();
    const { rows } = await client.query(
      `select g.rolname as group, g.rolcanlogin as "canSignIn", g.rolsuper or g.rolcreaterole or g.rolcreatedb as "canMore",
         (select count(*)::int from pg_class where relowner in (g.oid, l.oid)) as owned
       from pg_roles l join pg_auth_members m on m.member = l.oid join pg_roles g on g.oid = m.roleid
       where l.rolname = $1`,
      [`dev_${part}`],
    );
    await client.end();
    expect(rows).toEqual([{ group: `countersign_${part}`, canSignIn: false, canMore: false, owned: 0 }]);
  });
});

test('each group may do this and no more, and everybody else may do nothing', async () => {
  const client = new Client({ connectionString: urls.owner });
  await client.connect();
  const { rows } = await client.query<{ what: string }>(
    `select concat_ws(' ', grantee::regrole, relname, string_agg(lower(privilege_type), ' ' order by privilege_type)) as what
     from pg_class, aclexplode(relacl)
     where relname like 'countersign%' and grantee <> relowner
     group by grantee, relname order by 1`,
  );
  const columns = await client.query(
    `select attrelid::regclass, attname from pg_attribute where attacl is not null and attrelid::regclass::text like 'countersign%'`,
  );
  await client.end();
  expect(columns.rows).toEqual([]);
  expect(rows.map(({ what }) => what)).toEqual([
    'countersign_auditor countersign_checkpoints select',
    'countersign_auditor countersign_contexts select',
    'countersign_auditor countersign_cosignatures select',
    'countersign_auditor countersign_ledger select',
    'countersign_auditor countersign_reports select',
    'countersign_auditor countersign_rule_texts select',
    'countersign_auditor countersign_tiles select',
    'countersign_gateway countersign_alerts insert',
    'countersign_gateway countersign_challenges delete insert select',
    'countersign_gateway countersign_checkpoints select',
    'countersign_gateway countersign_cosignatures select',
    'countersign_gateway countersign_counts delete insert select update',
    'countersign_gateway countersign_ended select',
    'countersign_gateway countersign_factor_changes insert select',
    'countersign_gateway countersign_finding_uses select',
    'countersign_gateway countersign_handed_in insert select',
    'countersign_gateway countersign_ledger select',
    'countersign_gateway countersign_list select',
    'countersign_gateway countersign_looks delete insert select update',
    'countersign_gateway countersign_migrations select',
    'countersign_gateway countersign_passkeys delete insert select update',
    'countersign_gateway countersign_people select',
    'countersign_gateway countersign_sessions delete insert select update',
    'countersign_gateway countersign_tiles select',
    'countersign_gateway countersign_totp delete insert select update',
    'countersign_gateway countersign_watched select',
    'countersign_gateway countersign_wrong_codes delete insert select update',
    'countersign_worker countersign_actions insert select update',
    'countersign_worker countersign_alerts delete select',
    'countersign_worker countersign_checkpoint_copies insert select update',
    'countersign_worker countersign_checkpoints insert select',
    'countersign_worker countersign_contexts insert',
    'countersign_worker countersign_cosignatures insert select',
    'countersign_worker countersign_ended select',
    'countersign_worker countersign_factor_changes select',
    'countersign_worker countersign_factor_mails insert select',
    'countersign_worker countersign_finding_uses select',
    'countersign_worker countersign_handed_in insert select',
    'countersign_worker countersign_holds insert select update',
    'countersign_worker countersign_leases insert select update',
    'countersign_worker countersign_ledger insert select',
    'countersign_worker countersign_list insert select update',
    'countersign_worker countersign_log_alarms delete insert select',
    'countersign_worker countersign_migrations select',
    'countersign_worker countersign_people delete insert select',
    'countersign_worker countersign_projection select update',
    'countersign_worker countersign_reports insert select update',
    'countersign_worker countersign_rule_texts insert select',
    'countersign_worker countersign_secrets select',
    'countersign_worker countersign_sweeps select update',
    'countersign_worker countersign_tiles insert select',
    'countersign_worker countersign_watched select',
  ]);
});

test('with that, each does its work', async () => {
  const gateway = await openDatabase(urls.gateway, 'gateway');
  const sessions = createSessions(gateway);
  await sessions.begin({ idHash: 'b', person: 'grace', by: 'oidc', signedInAt: 5, seenAt: 5 });
  expect(await sessions.look('b', { idleFrom: 1, bornFrom: 1 })).toMatchObject({ person: 'grace' });
  expect(await createFactors(gateway).totpOf('ada')).toMatchObject({ secret: 'a secret' });
  expect(await createReadModel(gateway).dashboard(Date.now())).toMatchObject({ pending: 0 });
  expect(checkChain(await everything(createLedger(gateway)))).toMatchObject({ kind: 'intact' });
  // It has no right to add to the ledger, whatever its code would do.
  await expect(createLedger(gateway).append(fact('forged'))).rejects.toThrow('permission denied');
  await gateway.close();
});

describe('INVARIANT 9: a worker does not start with a login that could change the ledger', () => {
  const ALONE = 'the worker needs a login that is in the role countersign_worker alone, see docs/database.md';

  test.each<[string, string, string]>([
    ['a superuser', 'superuser', 'is a superuser, who may change the ledger'],
    ['in the role of the owner', 'in role the_owner', 'may change the ledger, as its owner'],
    [
      'in the role of the owner, without its rights as yet',
      'noinherit in role the_owner',
      'may change the ledger, as its owner',
    ],
    ['may write to every table', 'in role countersign_worker, pg_write_all_data', 'may change the ledger'],
    ['may update the ledger', 'in role countersign_worker, may_update', 'may change the ledger'],
    ['may update a column of it', 'in role countersign_worker, may_update_kind', 'may change the ledger'],
    ['may put a trigger on it', 'in role countersign_worker, may_trigger', 'may change the ledger'],
    [
      'may update it once it takes a role',
      'noinherit in role countersign_worker, may_update',
      'may change the ledger',
    ],
    ['a gateway', 'in role countersign_gateway', 'is in the role countersign_gateway'],
    ['both', 'in role countersign_worker, countersign_auditor', 'is in the role countersign_auditor'],
    ['nobody', '', 'is not in the role countersign_worker'],
  ])('%s', async (_, attributes, reason) => {
    await execute(
      urls.owner,
      `do $$ declare helper text; begin
         foreach helper in array array['the_owner', 'may_update', 'may_update_kind', 'may_trigger'] loop
           if not exists (select from pg_roles where rolname = helper) then
             execute format('create role %I', helper);
           end if;
         end loop;
       end $$;
       grant update on countersign_ledger to may_update;
       grant update (kind) on countersign_ledger to may_update_kind;
       grant trigger on countersign_ledger to may_trigger;
       alter table countersign_ledger owner to the_owner;
       drop role if exists someone;
       create role someone login password 'secret' ${attributes}`,
    );
    const url = Object.assign(new URL(urls.owner), { username: 'someone', password: 'secret' }).href;
    await expect(openDatabase(url, 'worker')).rejects.toThrow(new RegExp(`someone ${reason}.*: ${ALONE}$`));
  });

  test('a gateway does not start with the login of a worker', async () => {
    await expect(openDatabase(urls.worker, 'gateway')).rejects.toThrow(
      'dev_worker is in the role countersign_worker: the gateway needs a login that is in the role countersign_gateway alone',
    );
  });
});

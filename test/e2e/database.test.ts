import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { freePorts } from '../../src/dev/ports.ts';
import { fact, facts, tamper } from '../adapters/postgres-support.ts';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../support/database.ts';
import { Cli } from './cli.ts';
import { run } from './command.ts';
import { PATIENCE, requireBuild, Site } from './support.ts';

beforeAll(requireBuild);

const cliOf = (url: string) => new Cli(() => ({ COUNTERSIGN_DATABASE_URL: url }));

describe('migrate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    return () => database.drop();
  });

  test('makes an empty database ready, once, and a worker may use it then', async () => {
    const { owner, worker } = database.urls;
    const { applied } = await cliOf(owner).json(['migrate']);
    expect(applied).toContain('008_roles.sql');
    expect(await cliOf(owner).answer(['migrate'])).toBe('The database is of this version already.\n');
    const opened = await openDatabase(worker, 'worker');
    await opened.close();
  });

  test('is refused to who is not the owner', async () => {
    for (const url of [database.urls.worker, database.urls.auditor]) {
      await cliOf(url).expectRefused(
        1,
        /dev_\w+ may not change it: run "countersign migrate" with the login of its owner/,
        ['migrate'],
      );
    }
  });

  test('without a database, and where none answers, it says so', async () => {
    await cliOf('').expectRefused(2, /COUNTERSIGN_DATABASE_URL must be a PostgreSQL URL/, ['migrate']);
    const [port] = await freePorts(1);
    const nowhere = `postgresql://someone:hunter2@127.0.0.1:${port}/countersign`;
    await cliOf(nowhere).expectRefused(3, /database "countersign" .* cannot be reached/, ['migrate']);
  });
});

describe('ledger verify', () => {
  let database: TestDatabase;
  let auditor: Cli;
  beforeAll(async () => {
    database = await createDatabase();
    auditor = cliOf(database.urls.auditor);
    await append(30);
    return () => database.drop();
  });

  async function append(count: number, prefix?: string) {
    const worker = await openDatabase(database.urls.worker, 'worker');
    await Promise.all(facts(count, prefix).map(createLedger(worker).append));
    await worker.close();
  }

  test('an auditor gets the head of an intact ledger, and checks from there the next time', async () => {
    const text = await auditor.answer(['ledger', 'verify']);
    const [, head = ''] = /^Head +(30:[0-9a-f]{64})$/m.exec(text) ?? [];
    expect(text).toMatch(/^Intact: 30 entries\.\n/);
    await append(5, 'later');
    expect(await auditor.answer(['ledger', 'verify', '--since', head])).toMatch(
      /^Intact: entry 30 is as it was, and 5 are new\.\n/,
    );
    expect(await auditor.json(['ledger', 'verify', '--since', head])).toMatchObject({
      kind: 'intact',
      head: { seq: 35 },
    });
  });

  test('a head that cannot be one, and a file that is not there, are wrong use', async () => {
    const since = (text: string) => ['ledger', 'verify', '--since', text];
    await auditor.expectRefused(2, /number of the entry, ":" and its hash/, since('30:7a1f'));
    await auditor.expectRefused(2, /30 cannot be read/, since('30'));
  });

  test('whoever may not read the ledger is told so', async () => {
    const stranger = Object.assign(new URL(database.urls.owner), { username: 'nobody', password: 'x' }).href;
    await cliOf(stranger).expectRefused(3, /cannot be reached: password authentication failed/, [
      'ledger',
      'verify',
    ]);
  });

  test('INVARIANT 9: a changed entry is exit status 1, with its place and what is wrong', async () => {
    await tamper(
      database.urls.owner,
      `update countersign_ledger set payload = replace(payload, '"tier":2', '"tier":1') where seq = 7`,
    );
    const text = await auditor.run(['ledger', 'verify']);
    expect(text).toEqual({
      status: 1,
      stderr: '',
      stdout: 'Broken at entry 7: its body is not the one that it was written with\n',
    });
    const { status, stdout } = await auditor.run(['ledger', 'verify', '--json']);
    expect([status, JSON.parse(stdout)]).toEqual([
      1,
      { kind: 'broken', seq: 7, reason: 'its body is not the one that it was written with' },
    ]);
  });
});

describe('a worker', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start();
    return () => site.stop();
  });

  test('INVARIANT 9: does not start as the owner of the ledger, nor as a gateway, and says what it needs', async () => {
    const { owner, gateway } = site.databaseUrls;
    for (const [url, reason] of [
      [owner, 'postgres is a superuser, who may change the ledger'],
      [gateway, 'dev_gateway is in the role countersign_gateway'],
    ] as const) {
      const { status, stderr } = await run('worker.js', [], { ...site.env, COUNTERSIGN_DATABASE_URL: url })
        .ended;
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringContaining(
          `${reason}: the worker needs a login that is in the role countersign_worker alone, see docs/database.md`,
        ),
      });
    }
  });

  test('INVARIANT 9: says that the ledger is broken in its log, its health and its metrics', async () => {
    const opened = await openDatabase(site.databaseUrls.worker, 'worker');
    await createLedger(opened).append(fact('one'));
    await opened.close();
    await tamper(site.databaseUrls.owner, `update countersign_ledger set kind = 'closed' where seq = 1`);
    const [health, metrics] = await freePorts(2);
    const worker = run('worker.js', [], {
      ...site.env,
      COUNTERSIGN_HEALTH_ADDRESS: `127.0.0.1:${health}`,
      COUNTERSIGN_METRICS_ADDRESS: `127.0.0.1:${metrics}`,
    });
    onTestFinished(async () => {
      worker.child.kill('SIGTERM');
      expect((await worker.ended).status).toBe(0);
    });
    const broken =
      'the ledger is broken at entry 1: row 1 of the ledger was changed: not as written for its entry: kind';
    await vi.waitFor(async () => {
      const response = await fetch(`http://127.0.0.1:${health}/healthz`);
      expect([response.status, await response.json()]).toEqual([
        503,
        { status: 'failing', reasons: [broken] },
      ]);
    }, PATIENCE);
    const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    expect(text).toMatch(/^countersign_ledger_intact(\{[^}]*\})? 0$/m);
    expect(worker.stderr()).toMatch(/"level":50.*"the ledger is broken"/);
  });
});

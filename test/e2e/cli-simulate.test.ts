import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { withConnection } from '../../src/adapters/postgres/connection.ts';
import { launchBrowser } from '../support/browser.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { Cli } from './cli.ts';
import { calm, PATIENCE, Site } from './support.ts';

let site: Site;
let folder: string;
const ids = { flushed: '', approved: '', denied: '' };

/** The folders that are in force and in the shadow, as commands see them: with an auditor's login. */
const cli = new Cli(() => ({ ...site.env, COUNTERSIGN_DATABASE_URL: site.databaseUrls.auditor }));

const STRICT = (text: string) =>
  text.replace('tier: { 1: 2, 2: 2, 3: 1, 4: 1 }', 'tier: { 1: 3, 2: 3, 3: 3, 4: 3 }');
const LOOSE = (text: string) =>
  text.replace('tier: { 1: 3, 2: 3, 3: 2, 4: 2 }', 'tier: { 1: 1, 2: 1, 3: 1, 4: 1 }');
const PERMISSIVE = () => '// Nothing is asked for.\n';

/** A copy of the folder in force with some files changed. */
async function candidate(
  name: string,
  files: Readonly<Record<string, (text: string) => string>>,
): Promise<string> {
  const copy = join(folder, name);
  await cp(site.env.COUNTERSIGN_INSTALLATION ?? '', copy, { recursive: true });
  for (const [file, change] of Object.entries(files)) {
    const text = await readFile(join(copy, file), 'utf8');
    const changed = change(text);
    expect(changed, `${file} is changed`).not.toBe(text);
    await writeFile(join(copy, file), changed);
  }
  return copy;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulate-'));
  const brief = (text: string) => calm(text).replaceAll('2s', '1s');
  site = await Site.start({
    env: { COUNTERSIGN_SHADOW: join(folder, 'shadow') },
    files: { 'actions/version-deploy.yaml': brief, 'actions/cache-flush.yaml': brief },
  });
  await candidate('shadow', { 'actions/cache-flush.yaml': STRICT });
  await site.startWorker();
  const { countersign } = site;
  const [flushed, approved] = await Promise.all([
    countersign.propose(
      proposal({ rationale: { ...proposal().rationale, summary: '<img src=x onerror=alert(1)>' } }),
    ),
    countersign.propose(deploy('2.4.0')),
  ]);
  await site.decide('grace', 'approve', approved);
  expect((await flushed.result()).outcome.kind).toBe('succeeded');
  expect((await approved.result()).outcome.kind).toBe('succeeded');
  const denied = await countersign.propose(deploy('2.4.1'));
  await site.decide('grace', 'deny', denied);
  expect((await denied.result()).outcome.kind).toBe('deniedByPerson');
  Object.assign(ids, { flushed: flushed.actionId, approved: approved.actionId, denied: denied.actionId });
}, 180_000);

afterAll(async () => {
  await site?.stop();
  await rm(folder, { recursive: true });
});

/** What a command answers that need not end with status 0. */
async function simulated(...args: string[]) {
  const { status, stdout, stderr } = await cli.run(['simulate', ...args, '--json']);
  expect(stderr).toBe('');
  return { status, ...JSON.parse(stdout) };
}

describe('a candidate that', () => {
  test('is the folder in force changes nothing, and the record is as it would be made today', async () => {
    const same = await simulated('--installation', await candidate('same', {}));
    expect(same).toMatchObject({
      status: 0,
      verdict: 'notLooser',
      effects: {
        coverage: { rulings: 3, replayed: 3, notReplayable: [] },
        classes: { unchanged: 3 },
        today: { same: 3, byRules: 0, byCode: 0 },
      },
      cases: [],
    });
    expect(same.digests.candidate).toBe(same.digests.active);
  });

  test('lets through what people denied is looser, with status 4', async () => {
    const found = await simulated(
      '--installation',
      await candidate('loose', {
        'actions/version-deploy.yaml': LOOSE,
        'policies/services.cedar': PERMISSIVE,
      }),
    );
    expect(found).toMatchObject({
      status: 4,
      verdict: 'looser',
      effects: {
        classes: { loosened: 2, unchanged: 1 },
        wouldHaveRun: [{ actionId: ids.denied, ended: 'people denied it', after: 'runs at once' }],
        wouldHaveWaited: [],
        asks: { all: { before: 2, after: 0 } },
        waiting: { addedMs: 0, estimated: 0 },
      },
    });
    expect(found.effects.waiting.savedMs).toBeGreaterThan(0);
    expect(found.effects.asks.people).toContainEqual({ person: 'grace', before: 2, after: 0 });
  });

  test('has people asked is stricter, with status 0, and names what ended well without them', async () => {
    const strict = await candidate('strict', { 'actions/cache-flush.yaml': STRICT });
    expect(await simulated('--installation', strict)).toMatchObject({
      status: 0,
      verdict: 'notLooser',
      effects: {
        classes: { tightened: 1, unchanged: 2 },
        wouldHaveWaited: [{ actionId: ids.flushed, before: 'runs at once' }],
        waiting: { estimated: 1 },
      },
      cases: [{ actionId: ids.flushed, class: 'tightened' }],
    });
    const { stdout } = await cli.run(['simulate', '--installation', strict]);
    expect(stdout).toMatch(
      /^SIMULATION\nCoverage: 3 of 3 rulings were ruled on again \(100 %\)\.\nNothing is looser\.\n/,
    );
    expect(stdout).toContain('flush the cache of catalog');
  });

  test('lacks an action type that the past had says which, with status 5', async () => {
    const lacking = await candidate('lacking', {});
    await rm(join(lacking, 'actions/cache-flush.yaml'));
    expect(await simulated('--installation', lacking)).toMatchObject({
      status: 5,
      verdict: 'notKnown',
      effects: {
        coverage: {
          rulings: 3,
          replayed: 2,
          notReplayable: [{ why: 'in the candidate, there is no action type cache.flush', count: 1 }],
        },
      },
    });
  });

  test('is faulty is not asked, with status 1 and every fault', async () => {
    const faulty = await candidate('faulty', {
      'actions/cache-flush.yaml': () => 'name: cache.flush\ntier: 9\n',
    });
    const found = await simulated('--installation', faulty);
    expect(found).toMatchObject({ status: 1, ok: false });
    expect(found.faults.length).toBeGreaterThan(1);
  });

  test('is not there is faulty', async () => {
    expect(await simulated('--installation', join(folder, 'nowhere'))).toMatchObject({
      status: 1,
      faults: [{ problem: 'there is no such folder' }],
    });
  });
});

describe('only what is asked for is counted', () => {
  test('by mode', async () => {
    const strict = await candidate('by-mode', { 'actions/cache-flush.yaml': STRICT });
    const { effects } = await simulated('--installation', strict, '--mode', 'execute');
    expect(effects.coverage.rulings).toBe(1);
  });

  test('by time: where there is nothing, nothing is shown', async () => {
    const since = new Date(Date.now() + 3_600_000).toISOString().slice(0, 16);
    const found = await simulated('--installation', join(folder, 'shadow'), '--since', `${since}Z`);
    expect(found).toMatchObject({ status: 5, effects: { coverage: { rulings: 0 } } });
  });

  test.each([
    [['--since', 'yesterday', '--shadow'], /--since yesterday: must be a time span such as 90d/],
    [[], /name one of --installation, --shadow and --read/],
    [['--shadow', '--installation', 'x'], /name one of/],
    [['--read', '/nowhere.json'], /cannot be read as JSON/],
  ])('%j is wrong use', async (args, reason) => {
    await cli.expectRefused(2, reason, ['simulate', ...args]);
  });
});

test('a result is read again, and is stale once the rules in force are others', async () => {
  const file = join(folder, 'result.json');
  const strict = await candidate('for-reading', { 'actions/cache-flush.yaml': STRICT });
  const { stdout } = await cli.run(['simulate', '--installation', strict, '--json']);
  await writeFile(file, stdout);
  expect(await simulated('--read', file)).toMatchObject({ status: 0, stale: false, verdict: 'notLooser' });

  const stale = await cli.run(['simulate', '--read', file, '--active', strict]);
  expect(stale.status).toBe(1);
  expect(stale.stdout).toMatch(
    /^SIMULATION \(STALE\)\nSTALE: the active rules changed after this was made\./,
  );

  await writeFile(file, '{"simulation": 1}');
  await cli.expectRefused(2, /is no result of "countersign simulate --json"/, ['simulate', '--read', file]);
});

test('INVARIANT 12: the page of the report loads nothing, and what agents wrote is text on it', async () => {
  const page = join(folder, 'report.html');
  const strict = await candidate('for-page', { 'actions/cache-flush.yaml': STRICT });
  const result = join(folder, 'hostile.json');
  const { stdout } = await cli.run(['simulate', '--installation', strict, '--json']);
  const simulation = JSON.parse(stdout);
  const hostile =
    '</bdi></td><script>document.title="taken"</script><img src=x onerror=document.title="taken">\u202E';
  simulation.cases[0].title = hostile;
  simulation.effects.wouldHaveWaited[0].actionId = hostile;
  await writeFile(result, JSON.stringify(simulation));
  await cli.run(['simulate', '--read', result, '--html', page]);
  const html = await readFile(page, 'utf8');
  expect(html).not.toMatch(/<script|<img|<link|https?:|\u202E/);
  expect(html).toContain('&lt;script&gt;');

  const browser = await launchBrowser();
  try {
    const shown = await browser.newPage();
    await shown.goto(`file://${page}`);
    expect(await shown.title()).toBe('Simulation');
    expect(await shown.locator('h1').textContent()).toBe('Simulation');
    expect(await shown.locator('tbody tr').count()).toBeGreaterThan(5);
  } finally {
    await browser.close();
  }
});

test('a shadow was asked in production, changed nothing, and is reported in the same classes', async () => {
  await vi.waitFor(
    async () => expect((await simulated('--shadow')).effects.coverage.rulings).toBe(3),
    PATIENCE,
  );
  expect(await simulated('--shadow')).toMatchObject({
    status: 0,
    source: 'shadow',
    effects: {
      coverage: { rulings: 3, replayed: 3 },
      classes: { unchanged: 2, tightened: 1 },
      wouldHaveWaited: [{ actionId: ids.flushed }],
    },
  });
  // The ruling itself ran at once, as the folder in force says.
  expect(await site.ledgerOf(site.countersign.action(ids.flushed))).toContain('shadowed');
});

describe('check --against', () => {
  const without = new Cli(() => ({ ...site.env, PATH: folder }));

  test('says that nothing is proved where the Cedar CLI is not there, with status 5', async () => {
    const same = await candidate('unproved', {});
    const { status, stdout } = await without.run(['check', same, '--against', join(folder, 'shadow')]);
    expect({ status, stdout }).toMatchObject({
      status: 5,
      stdout: expect.stringMatching(/^Nothing is proved: there is no program cedar on the PATH\./),
    });
  });

  test('compares only what is sound', async () => {
    const nowhere = join(folder, 'nowhere');
    await without.expectRefused(2, /there is no such folder/, [
      'check',
      join(folder, 'shadow'),
      '--against',
      nowhere,
    ]);
    const { status, stdout } = await without.run(['check', nowhere, '--against', join(folder, 'shadow')]);
    expect([status, stdout]).toEqual([1, expect.stringContaining('there is no such folder')]);
  });
});

test('nothing of it writes: an auditor may only read', async () => {
  const count = (client: { query(sql: string): Promise<{ rows: { n: string }[] }> }) =>
    client.query('select count(*) as n from countersign_ledger').then(({ rows: [row] }) => row?.n);
  const url = site.databaseUrls.auditor;
  const before = await withConnection(url, count);
  await simulated('--installation', await candidate('again', {}));
  expect(await withConnection(url, count)).toBe(before);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { proposal } from '../support/proposals.ts';
import { Cli } from './cli.ts';
import { calm, Site } from './support.ts';

let site: Site;
const cli = new Cli(() => site.env);

beforeAll(async () => {
  const assisted = (text: string) => text.replace('autonomy: "3"', 'autonomy: "1"');
  site = await Site.start({
    files: { 'actions/cache-flush.yaml': calm, 'catalog/agents.yaml': assisted },
  });
  await site.startWorker();
  return () => site.stop();
});

async function keyFile(person: string, of = person): Promise<string> {
  const file = join(site.folder, `${person}-${of}.json`);
  await writeFile(file, JSON.stringify({ ...site.keyOf(of), person }));
  return file;
}

const propose = async () =>
  cli.json(['propose', '--file', '-'], JSON.stringify(proposal({ idempotencyKey: crypto.randomUUID() })));

const GRANT = [
  'grant',
  '--agent',
  'cache-agent',
  '--agent-version',
  '1.4.0',
  '--action-type',
  'cache.flush',
  '--service-tier',
  '3',
  '--reason',
  'a good month',
];

describe('advise', () => {
  test('says that there is nothing to advise, and how far back it may look', async () => {
    expect(await cli.answer(['advise'])).toBe(
      'In the last 30 days nothing was approved without a look often enough, and nothing that ran alone was regretted twice.\n',
    );
    expect(await cli.json(['advise', '--days', '7'])).toEqual([]);
    const refused = await cli.run(['advise', '--days', '365']);
    expect(refused.stderr).toContain('--days 365: must be a whole number from 1 to 90');
  });
});

describe('standing and grant', () => {
  test('nobody has a standing before the first proposal', async () => {
    expect(await cli.answer(['standing'])).toBe('No agent has proposed anything yet.\n');
    expect(await cli.json(['standing', '--agent', 'cache-agent'])).toEqual([]);
  });

  test('a signed grant raises what the next proposal may do, and standing shows who gave it', async () => {
    expect((await propose()).ruling).toMatchObject({ tier: 3, authority: { level: 1 } });
    expect(await cli.answer(['standing', '--agent', 'cache-agent'])).toMatch(
      /^AGENT +ACTION TYPE +TIER +LEVEL +SINCE +AGREEMENT +SUCCESS\ncache-agent 1\.4\.0 +cache\.flush +3 +1 +20.* none yet +none yet\n\n.*\n {2}- The catalog lets cache-agent begin at level 1.*\n {2}- for level 2 it needs agreement over 50 cases, there are 0/,
    );
    const granted = [...GRANT, '--level', '3', '--yes', '--key', await keyFile('grace')];
    expect(await cli.answer(granted)).toBe(
      'cache-agent 1.4.0 has level 3 (scoped autonomy) for cache.flush on tier-3 services.\n',
    );
    expect((await propose()).ruling).toMatchObject({ tier: 1, authority: { level: 3 } });
    expect(await cli.answer(['standing'])).toContain('grace granted cache-agent 1.4.0 level 3');
    expect(await cli.json(['standing'])).toMatchObject([
      { key: { agent: { id: 'cache-agent', version: '1.4.0' }, serviceTier: 3 }, level: 3, promotion: {} },
    ]);
  });

  test('it asks first, so without a terminal it needs --yes', async () => {
    const args = [...GRANT, '--level', '3', '--key', await keyFile('grace')];
    await cli.expectRefused(2, /no terminal to ask at: give --yes/, args);
  });

  test.each([
    ['without the right', 1, () => keyFile('linus'), ['--level', '2'], /person: linus may not grant/],
    [
      'with the key of another person',
      1,
      () => keyFile('grace', 'priya'),
      ['--level', '2'],
      /signature: the order in the name of grace is refused/,
    ],
    ['of a level that there is not', 2, () => keyFile('grace'), ['--level', '4'], /Allowed choices are 0, 1/],
    ['without a reason', 2, () => keyFile('grace'), ['--level', '2', '--reason', ''], /with --reason/],
    ['without a key', 2, async () => '', ['--level', '2'], /name your key file with --key/],
  ])('a grant is refused %s', async (_, status, key, more, reason) => {
    await cli.expectRefused(status, reason, [...GRANT, '--yes', ...more, '--key', await key()]);
  });
});

describe('hold', () => {
  const hold = async (...args: string[]) =>
    cli.json(['hold', ...args, '--reason', 'errors since noon', '--key', await keyFile('linus')]);

  test('stops what is in its scope until somebody with the right lifts it', async () => {
    expect(await cli.answer(['hold', 'list'])).toBe('Nothing is on hold.\n');
    const { holdId } = await hold('--agent', 'cache-agent');
    expect(await cli.answer(['hold', 'list'])).toMatch(
      new RegExp(`^HOLD .*\n${holdId} +the agent cache-agent +20.* UTC +linus +errors since noon\n$`),
    );
    const stopped = await cli.run(['propose', '--file', '-', '--wait', '--json'], JSON.stringify(proposal()));
    expect(JSON.parse(stopped.stdout).outcome).toMatchObject({ kind: 'held' });

    const lift = ['hold', 'lift', holdId, '--reason', 'mended'];
    await cli.expectRefused(1, /linus may not lift/, [...lift, '--key', await keyFile('linus')]);
    // She granted the agent its level.
    await cli.expectRefused(1, /grace granted cache-agent/, [...lift, '--key', await keyFile('grace')]);
    expect(await cli.answer([...lift, '--key', await keyFile('priya')])).toBe(`${holdId} is lifted.\n`);
    expect(await cli.json(['hold', 'list'])).toEqual([]);
  });

  test.each([
    ['everything', ['--everything'], { kind: 'everything' }],
    ['an action type', ['--action-type', 'cache.flush'], { kind: 'actionType', actionType: 'cache.flush' }],
    ['a service', ['--service', 'cart'], { kind: 'service', service: 'cart' }],
    [
      'a service in one environment',
      ['--service', 'cart', '--environment', 'production'],
      { kind: 'service', service: 'cart', environment: 'production' },
    ],
  ])('can be on %s', async (_, args, scope) => {
    const { holdId } = await hold(...args);
    expect(await cli.json(['hold', 'list'])).toMatchObject([{ id: holdId, scope, placedBy: 'linus' }]);
    await cli.answer(['hold', 'lift', holdId, '--reason', 'x', '--key', await keyFile('grace')]);
  });

  test.each([
    ['on nothing', [], 2, /name one of --everything/],
    ['on two things', ['--everything', '--agent', 'cache-agent'], 2, /name one of --everything/],
    ['on an environment alone', ['--everything', '--environment', 'production'], 2, /goes with --service/],
    ['on what there is not', ['--service', 'carts'], 1, /scope\.service: "carts" is not known here/],
  ])('is refused %s', async (_, args, status, reason) => {
    const named = ['--reason', 'x', '--key', await keyFile('linus')];
    await cli.expectRefused(status, reason, ['hold', ...args, ...named]);
    expect(await cli.json(['hold', 'list'])).toEqual([]);
  });

  test('INVARIANT 6: is signed only for an installation that is named, and counts in no other', async () => {
    const args = ['hold', '--everything', '--reason', 'x', '--key', await keyFile('linus')];
    const unsaid = new Cli(() => ({ ...site.env, COUNTERSIGN_FOR: '' }));
    await unsaid.expectRefused(2, /say which installation it is for, with --for/, args);
    await cli.expectRefused(1, /installation: it is for staging, this is storefront/, [
      ...args,
      '--for',
      'staging',
    ]);
    expect(await cli.json(['hold', 'list'])).toEqual([]);
  });

  test('of which nobody knows cannot be lifted', async () => {
    const args = ['hold', 'lift', 'hold-1', '--reason', 'x', '--key', await keyFile('grace')];
    await cli.expectRefused(1, /holdId: no hold hold-1 stands; those that do: none/, args);
  });
});

test('what a watch missed is reported, shown, and learned from', { timeout: 120_000 }, async () => {
  expect(await cli.answer(['tune', '--days', '1'])).toMatch(/nothing ran|Nothing to change follows/);
  const granted = [...GRANT, '--level', '3', '--yes', '--key', await keyFile('grace')];
  await cli.answer(granted);
  const ids: string[] = [];
  for (const _ of ['one', 'another']) {
    const { actionId } = await propose();
    expect((await site.countersign.action(actionId).result()).outcome.kind).toBe('succeeded');
    ids.push(actionId);
  }
  for (const id of ids) {
    const report = [
      'report',
      id,
      '--regressed',
      '--reason',
      'prices were old',
      '--key',
      await keyFile('linus'),
    ];
    expect(await cli.answer(report)).toContain(`${id} is reported.`);
    expect(await cli.answer(['show', id])).toContain(
      'linus reported that it had regressed after all: prices were old',
    );
    expect(await cli.answer(['explain', id])).toContain('linus reported that it had regressed after all');
    await cli.expectRefused(1, /linus has reported on .* already/, report);
  }
  const told = await cli.answer(['tune', '--days', '1']);
  expect(told).toMatch(
    /^cache\.flush ran \d+ times, \d+ watched\. Regressions found: 0; missed: 2; false rollbacks: 0\./,
  );
  expect(told).toMatch(/\ncache\.flush: 2 of \d+ regressed/);
  expect(await cli.json(['tune', '--days', '1'])).toMatchObject({
    accuracy: [{ actionType: 'cache.flush' }, { target: 'catalog' }],
    tunings: [{ actionType: 'cache.flush', suggestion: { kind: 'tighten' } }],
    applied: false,
  });
  await cli.expectRefused(2, /--days x: must be a whole number from 1 to 3650/, ['tune', '--days', 'x']);
  await cli.expectRefused(2, /^actions:1: has no \.yaml file/, ['tune', join(site.folder, 'nowhere')]);
});

test('what succeeded is taken back: one person asks for it, another approves, and both actions tell of it', {
  timeout: 120_000,
}, async () => {
  const [linus, mei] = [await keyFile('linus'), await keyFile('mei')];
  await cli.answer([...GRANT, '--level', '3', '--yes', '--key', await keyFile('grace')]);
  const { actionId } = await propose();
  expect((await site.countersign.action(actionId).result()).outcome.kind).toBe('succeeded');
  const rollback = ['rollback', actionId, '--reason', 'prices were old', '--key', linus];
  await cli.expectRefused(2, /say why, with --reason/, ['rollback', actionId, '--key', linus]);
  await cli.expectRefused(2, /nobody.nothing cannot be taken back afterwards/, [
    'rollback',
    'nobody.nothing',
    ...rollback.slice(2),
  ]);
  const by = `~back~${actionId}~1`;
  expect(await cli.answer(rollback)).toContain(`Other people decide about it, as ${by}.`);
  expect(await cli.json(rollback)).toEqual({ kind: 'takeBackAsked', actionId, by, person: 'linus' });
  const told = `linus asked to take it back, as ${by}: prices were old`;
  expect(await cli.answer(['show', actionId])).toContain(told);
  expect(await cli.answer(['explain', actionId])).toContain(told);
  const shown = await cli.answer(['show', by]);
  expect(shown).toContain(`It takes back ${actionId}.`);
  expect(shown).toContain('Who asks: linus, to take back what an action did');
  const approve = ['decide', by, 'approve', '--yes', '--key'];
  await cli.expectRefused(1, /linus asked for this/, [...approve, linus]);
  await cli.answer([...approve, mei]);
  expect((await site.countersign.action(by).result()).outcome.kind).toBe('succeeded');
  expect(await cli.answer(['explain', by])).toContain('In the words of linus:\n  | prices were old');
  await cli.expectRefused(1, /was taken back already/, rollback);
});

test('with no worker, commands say so', async () => {
  await site.killWorker();
  const hold = ['hold', '--everything', '--reason', 'x', '--key', await keyFile('linus')];
  await Promise.all([
    cli.expectRefused(1, /No worker answered within 15 s/, ['standing']),
    cli.expectRefused(1, /No worker answered within 15 s.*kept/, hold),
  ]);
  await site.startWorker();
});

/** Of the groups that countersign.yaml names under `ledger`. */
const ERASER = 'elif';
const KEEPER = 'ada';

/** Brings an action to its end. What was cancelled before and is asked for again may be denied at once: then nothing is left to cancel. */
async function ended(actionId: string): Promise<void> {
  await cli.run(['cancel', actionId, '--yes']);
  await site.countersign.action(actionId).result();
}

describe('ledger erase and ledger legal-hold', () => {
  const stdin = 'Jane Doe\n';
  const why = (reason: string) => ['--reason', reason];

  test('a person with the right has erased what holds a text, unless it is under legal hold', async () => {
    const proposed = proposal({ idempotencyKey: crypto.randomUUID() });
    const rationale = { ...proposed.rationale, summary: 'Jane Doe asked for it, because her page is old.' };
    const { actionId } = await cli.json(
      ['propose', '--file', '-'],
      JSON.stringify({ ...proposed, rationale }),
    );
    await ended(actionId);
    const keeper = ['--key', await keyFile(KEEPER)];
    const erase = ['ledger', 'erase', actionId, '--containing', '-', '--yes', '--key', await keyFile(ERASER)];

    const placed = await cli.answer(['ledger', 'legal-hold', actionId, ...why('case 4711'), ...keeper]);
    const [, id = ''] = /legal-hold end (\S+)/.exec(placed) ?? [];
    expect(await cli.answer(['ledger', 'legal-hold', 'list'])).toMatch(
      new RegExp(`${id} +${actionId} .* case 4711`),
    );
    expect((await cli.run([...erase, ...why('a name')], stdin)).stderr).toContain(
      `is under legal hold ${id}`,
    );
    await cli.answer(['ledger', 'legal-hold', 'end', id, ...why('closed'), ...keeper]);
    expect(await cli.answer(['ledger', 'legal-hold', 'list'])).toBe('Nothing is under legal hold.\n');

    expect((await cli.run([...erase, ...why('Jane Doe wants it')], stdin)).stderr).toContain(
      'the reason has the text in it',
    );
    const { stdout } = await cli.run([...erase, ...why('a name')], stdin);
    expect(stdout).toMatch(new RegExp(`^Erased: what was said in entr.* about ${actionId}`));
    expect((await cli.run([...erase, ...why('a name')], stdin)).stderr).toContain('no entry about');
    expect(await cli.answer(['ledger', 'verify'])).toMatch(/^Intact: .*; what \d of them said was erased/);
    expect(await cli.answer(['explain', actionId])).toMatch(/had erased what entr.* said: a name/);
  });

  test.each([
    ['without entries', [], /name the entries/],
    ['with no number', ['--entries', 'all'], /Write the numbers of entries/],
    ['without a terminal to ask at', ['--entries', '1'], /give --yes/],
  ])('%s is refused', async (_, args, reason) => {
    const key = ['--key', await keyFile(ERASER)];
    await cli.expectRefused(2, reason, ['ledger', 'erase', 'x', ...why('y'), ...key, ...args]);
  });
});

test('ledger reconcile says of an action whether all agree, and of how many', async () => {
  const { actionId } = await propose();
  await ended(actionId);
  expect(await cli.answer(['ledger', 'reconcile', actionId])).toBe('1 agree, 0 differ, 0 cannot be told.\n');
  expect(await cli.json(['ledger', 'reconcile', '--days', '1'])).toMatchObject({ differs: 0 });
  expect(await cli.answer(['ledger', 'reconcile', 'nothing'])).toContain(
    'unknown  nothing: neither the ledger nor Temporal knows it',
  );
});

import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectsOf } from '../../examples/storefront/process.ts';
import { type AgentContext, withContext } from '../../src/client/index.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { Cli } from './cli.ts';
import { calm, Site } from './support.ts';

let site: Site;
let folder: string;
const ids = { flushed: '', approved: '', denied: '' };

/** With an auditor's login. */
const cli = new Cli(() => ({
  ...site.env,
  COUNTERSIGN_DATABASE_URL: site.databaseUrls.auditor,
  MODEL_URL: 'http://model.example',
}));
const owner = new Cli(() => ({ ...site.env, COUNTERSIGN_DATABASE_URL: site.databaseUrls.owner }));

const contextFor = (task: string): AgentContext => ({
  prompt: [{ role: 'user', content: task }],
  toolResults: [{ tool: 'builds', result: { newest: '2.4.1' } }],
});

async function proposed(asking: Proposal, task: string) {
  const context = contextFor(task);
  const { action } = await site.countersign.proposeAndRule(withContext(asking, context));
  await site.countersign.keepContext(action.actionId, context);
  return action;
}

/** Writes a build of an agent: a program that answers by what this expression makes of the situation. */
async function build(name: string, body: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(
    file,
    `#!/usr/bin/env node
import { readFileSync } from 'node:fs';
const situation = JSON.parse(readFileSync(0, 'utf8'));
const task = situation.prompt[0].content;
const propose = (actionType, target, params) => ({ proposal: {
  ...${JSON.stringify({ ...proposal(), params: undefined })},
  agent: { id: situation.agent, version: '3.0.0' }, environment: situation.environment, actionType, target, params } });
const print = (answer) => process.stdout.write(JSON.stringify(answer));
${body}
`,
  );
  await chmod(file, 0o700);
  return file;
}

const AS_THEN = `print(
  task === 'prices' ? propose('cache.flush', 'catalog', {})
  : propose('version.deploy', 'checkout', { version: task.split(' ')[1] }));`;

/** What a replay says that need not end with status 0. */
async function replayed(file: string, ...args: string[]) {
  const { status, stdout, stderr } = await cli.run([
    ...['replay', '--agent', file, '--since', '1d', '--context-key', join(folder, 'key.json')],
    ...[...args, '--json'],
  ]);
  expect(stderr).toBe('');
  return { status, ...JSON.parse(stdout) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  const brief = (text: string) => calm(text).replaceAll('2s', '1s');
  site = await Site.start({
    files: { 'actions/version-deploy.yaml': brief, 'actions/cache-flush.yaml': brief },
  });
  await site.startWorker();
  const [flushed, approved] = await Promise.all([
    proposed(proposal(), 'prices'),
    proposed(deploy('2.4.0'), 'deploy 2.4.0'),
  ]);
  await site.decide('grace', 'approve', approved);
  expect((await flushed.result()).outcome.kind).toBe('succeeded');
  expect((await approved.result()).outcome.kind).toBe('succeeded');
  const denied = await proposed(deploy('2.4.1'), 'deploy 2.4.1');
  await site.decide('grace', 'deny', denied);
  expect((await denied.result()).outcome.kind).toBe('deniedByPerson');
  Object.assign(ids, { flushed: flushed.actionId, approved: approved.actionId, denied: denied.actionId });
  await owner.answer(['context', 'key', '--out', join(folder, 'key.json')]);
}, 180_000);

afterAll(async () => {
  await site?.stop();
  await rm(folder, { recursive: true });
});

const NONE = { denied: 0, wentWrong: 0, well: 0, neither: 0 };

describe('a build that', () => {
  test('does as was done repeats what people denied: it is worse, with status 4', async () => {
    expect(await replayed(await build('as-then', AS_THEN))).toMatchObject({
      status: 4,
      verdict: 'worse',
      build: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      card: {
        coverage: { situations: 3, asked: 3, notReplayable: [] },
        counts: { same: { ...NONE, denied: 1, well: 2 }, nothing: NONE, wrong: NONE },
      },
    });
  });

  test('refrains from what people denied alone is not worse, with status 0', async () => {
    const file = await build(
      'wiser',
      `if (task.endsWith('2.4.1')) print({ nothing: 'too soon' }); else { ${AS_THEN} }`,
    );
    const found = await replayed(file, '--build', 'wiser-1');
    expect(found).toMatchObject({ status: 0, verdict: 'notWorse', build: 'wiser-1' });
    expect(found.cases).toContainEqual(
      expect.objectContaining({ actionId: ids.denied, class: 'nothing', because: 'too soon', end: 'denied' }),
    );
  });

  test('is asked about everything changes nothing: not the storefront, not the ledger', async () => {
    const state = async () => ({
      effects: (await effectsOf(site.env.STOREFRONT_URL ?? '')).length,
      entries: await cli.json(['ledger', 'verify']),
    });
    const before = await state();
    await replayed(await build('as-then', AS_THEN));
    expect(await state()).toEqual(before);
  });

  test('asks for something else is ruled on by the rules of today, and not known, with status 5', async () => {
    const file = await build(
      'other',
      `if (task.endsWith('2.4.1')) print(propose('version.deploy', 'checkout', { version: '2.4.2' })); else { ${AS_THEN} }`,
    );
    const found = await replayed(file, '--only', 'deploy-agent');
    expect(found).toMatchObject({
      status: 5,
      verdict: 'notKnown',
      only: 'deploy-agent',
      card: { coverage: { situations: 2, asked: 2 }, today: { executeWithApproval: 1 } },
    });
    expect(found.cases).toContainEqual(
      expect.objectContaining({
        actionId: ids.denied,
        class: 'otherParameters',
        because: 'version "2.4.2", then "2.4.1"',
        today: { mode: 'executeWithApproval', text: expect.stringMatching(/^it waits for/) },
      }),
    );
  });

  test.each([
    ['prints no JSON', `process.stdout.write('I would flush it.')`, 'its answer is no JSON'],
    ['fails', 'process.exit(7)', 'exit status 7'],
    ['answers nothing in time', 'setTimeout(() => {}, 60_000)', 'still ran after 1 s'],
    ['answers without end', `process.stdout.write('x'.repeat(1_000_000))`, 'more than 262144 bytes'],
  ])('%s answers wrong, with status 4', async (_, body, why) => {
    const found = await replayed(await build('wrong', body), '--only', 'cache-agent', '--timeout', '1s');
    expect(found).toMatchObject({
      status: 4,
      card: { counts: { wrong: { well: 1 } } },
      cases: [{ actionId: ids.flushed, class: 'wrong', because: expect.stringContaining(why) }],
    });
  });

  test('does not read what it is asked does no harm', async () => {
    const file = join(folder, 'deaf');
    await writeFile(file, `#!/bin/sh\necho '{"nothing":"whatever it is"}'\n`);
    await chmod(file, 0o700);
    expect(await replayed(file)).toMatchObject({ card: { counts: { nothing: { denied: 1, well: 2 } } } });
  });
});

test('INVARIANT 13: a build gets the situation, PATH, and what is passed by name: no key, no address of ours', async () => {
  const seen = join(folder, 'seen.json');
  const file = await build(
    'curious',
    `import('node:fs').then(({ writeFileSync }) => {
      writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ situation, env: process.env, argv: process.argv.slice(2) }));
      print({ nothing: 'it only looks' });
    });`,
  );
  await replayed(file, '--only', 'cache-agent', '--pass', 'MODEL_URL');
  const { situation, env, argv } = JSON.parse(await readFile(seen, 'utf8'));
  const { __CF_USER_TEXT_ENCODING: _, ...given } = env;
  expect(Object.keys(given).sort()).toEqual(['MODEL_URL', 'PATH']);
  expect(argv).toEqual([]);
  expect(situation).toEqual({
    situation: 1,
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    at: expect.any(String),
    agent: 'cache-agent',
    environment: 'production',
    ...contextFor('prices'),
    evidence: proposal().evidence,
  });
});

describe('what cannot be asked is named, and is never taken for good', () => {
  test('without the key, nothing is asked', async () => {
    const file = await build('as-then', AS_THEN);
    const { status, stdout } = await cli.run(['replay', '--agent', file]);
    expect(status).toBe(5);
    expect(stdout).toMatch(/^AGENT REPLAYED\nCoverage: it was asked about 0 of 3 situations \(0 %\)\.\n/);
    expect(stdout).toContain('its context is encrypted: give --context-key');
  });

  test('an agent that handed nothing in, or only named something', async () => {
    const { countersign } = site;
    await countersign.proposeAndRule(proposal({ target: 'cart' }));
    await countersign.proposeAndRule(withContext(proposal({ target: 'web' }), contextFor('never handed in')));
    const file = await build('as-then', AS_THEN);
    const { card } = await replayed(file, '--only', 'cache-agent');
    expect(card.coverage).toEqual({
      situations: 3,
      asked: 1,
      notReplayable: [
        { why: 'its agent handed in no context', count: 1 },
        { why: 'its proposal names a context that was never handed in', count: 1 },
      ],
    });
  });

  test('what was erased, by its owner alone', async () => {
    const erase = ['context', 'erase', '--action', ids.approved];
    await cli.expectRefused(1, /permission denied/, erase);
    expect(await owner.json(erase)).toEqual({ erased: 1 });
    expect((await owner.run(erase)).status).toBe(1);
    const { card } = await replayed(await build('as-then', AS_THEN), '--only', 'deploy-agent');
    expect(card.coverage.notReplayable).toEqual([{ why: 'its context was erased', count: 1 }]);
    expect(await owner.json(['context', 'erase', '--older-than', '1d'])).toEqual({ erased: 0 });
  });
});

describe('is refused', () => {
  test.each([
    ['a program that is not there', ['--agent', 'nowhere.sh'], /--agent nowhere.sh must be a program file/],
    ['a time that is none', ['--since', 'yesterday'], /--since yesterday: must be a time span/],
    ['a time-out that is none', ['--timeout', 'soon'], /--timeout soon: must be a time such as 60s/],
    ['a key that is none', ['--context-key', 'package.json'], /is no key of "countersign context key"/],
    [
      'our own variables',
      ['--pass', 'COUNTERSIGN_DATABASE_URL', 'PGPASSWORD'],
      /gets no variable of Countersign/,
    ],
  ])('%s', async (_, args, why) => {
    const file = await build('as-then', AS_THEN);
    await cli.expectRefused(2, why, ['replay', '--agent', file, ...args]);
  });
});

test('the key file is for its owner alone, and is never overwritten', async () => {
  const file = join(folder, 'key.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await owner.expectRefused(2, /EEXIST/, ['context', 'key', '--out', file]);
  await cli.expectRefused(1, /permission denied/, ['context', 'key', '--out', join(folder, 'mine.json')]);
});

test('the command hands in what the agent knew', async () => {
  const [asking, context] = [join(folder, 'proposal.json'), join(folder, 'context.json')];
  await writeFile(asking, JSON.stringify(proposal({ agent: { id: 'cache-agent', version: '1.4.0' } })));
  await writeFile(context, JSON.stringify(contextFor('prices')));
  const { actionId } = await cli.json(['propose', '--file', asking, '--context', context]);
  const { cases } = await replayed(await build('as-then', AS_THEN), '--only', 'cache-agent');
  expect(cases).toContainEqual(expect.objectContaining({ actionId, class: 'same' }));
  await writeFile(context, JSON.stringify({ answer: 'none' }));
  await cli.expectRefused(1, /context.prompt/, ['propose', '--file', asking, '--context', context]);
});

import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/domain/action/action.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

type CommandPlan = Extract<Plan, { executor: 'command' }>;

const folder = await mkdtemp(join(tmpdir(), 'commands-'));
afterAll(() => rm(folder, { recursive: true }));

/** A shell script as a program: what it does to the governed system is a line in the file of its action type. */
const script = (name: string, lines: string, changes: Partial<CommandPlan> = {}): CommandPlan => ({
  executor: 'command',
  argv: ['/bin/bash', '-c', `did() { echo "$1" >>'${join(folder, name)}'; }; ${lines}`],
  timeoutMs: 10_000,
  ...changes,
});

const TYPES: Readonly<Record<string, CommandPlan>> = {
  'fails.at-its-end': script('fails.at-its-end', 'did run; exit 1'),
  'fails.before-it-begins': script('fails.before-it-begins', 'exit 10', { unchanged: [10] }),
  'works.unheard': script('works.unheard', 'did run'),
  'fails.once': script(
    'fails.once',
    `did "$COUNTERSIGN_IDEMPOTENCY_KEY"; [ -e '${folder}/again' ] || { touch '${folder}/again'; exit 1; }`,
    { repeatable: true },
  ),
};

/** What really happened. */
const effectsOf = (name: string) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : [];

const world = useWorld({
  installation: () => {
    const { actionTypes } = testInstallation().installation;
    const flush = actionTypes['cache.flush'];
    if (!flush) throw new Error('there is no cache.flush');
    const { watch: _, ...unwatched } = flush;
    const types = Object.entries(TYPES).map(([name, execute]) => [
      name,
      { ...unwatched, name, execute, rollback: script(name, 'did undone', { repeatable: true }) },
    ]);
    return { actionTypes: { ...actionTypes, ...Object.fromEntries(types) } };
  },
});

const outcomeOf = async (actionType: string) =>
  (await (await world().countersign.propose(proposal({ actionType }))).result()).outcome;

describe('a command that fails', () => {
  test('may have had an effect, whatever its exit status: it is run once and taken back', async () => {
    expect(await outcomeOf('fails.at-its-end')).toMatchObject({
      kind: 'rolledBack',
      reason: expect.stringContaining('it is not known whether it ran: exit status 1'),
    });
    expect(effectsOf('fails.at-its-end')).toEqual(['run', 'undone']);
  });

  test('by an exit status that says so had no effect: it has failed, and nothing is taken back', async () => {
    expect(await outcomeOf('fails.before-it-begins')).toMatchObject({
      kind: 'failed',
      reason: 'it was refused and had no effect: exit status 10',
    });
    expect(effectsOf('fails.before-it-begins')).toEqual([]);
  });

  test('is run again under the same key where its action type says that this has no second effect', async () => {
    const action = await world().countersign.propose(proposal({ actionType: 'fails.once' }));
    expect((await action.result()).outcome).toMatchObject({ kind: 'succeeded' });
    expect(effectsOf('fails.once')).toEqual([action.actionId, action.actionId]);
  });
});

test('INVARIANT 8: a command whose worker was lost before it could answer is not run a second time', async () => {
  await world().stopWorker();
  const { executors } = world().parts;
  const { command } = executors;
  let lost = false;
  const run: typeof command.run = async (effect) => {
    const result = await command.run(effect);
    if (lost) return result;
    lost = true;
    throw new Error('the worker is lost');
  };
  await world().startWorker({ executors: { ...executors, command: { run } } });
  expect(await outcomeOf('works.unheard')).toMatchObject({
    kind: 'rolledBack',
    reason: expect.stringContaining('an earlier attempt may have run it'),
  });
  expect(effectsOf('works.unheard')).toEqual(['run', 'undone']);
});

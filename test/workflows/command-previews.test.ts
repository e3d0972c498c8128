import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { CommandPlan } from '../../src/domain/action/action.ts';
import { freeAgents, SPARE, testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const folder = await mkdtemp(join(tmpdir(), 'previews-'));
afterAll(() => rm(folder, { recursive: true }));
const replicas = join(folder, 'replicas');
const before = join(folder, 'before');
beforeEach(() => {
  writeFileSync(replicas, '3');
});

const shell = (script: string) => ['/bin/sh', '-c', script];

/** Sets the replicas in a file to 5, fails afterwards where it is told to, and is taken back to what was there. */
const scale = (end: string): { execute: CommandPlan; rollback: CommandPlan } => ({
  execute: {
    executor: 'command',
    argv: shell(`printf 5 >'${replicas}'; ${end}`),
    preview: {
      argv: shell(
        `n=$(cat '${replicas}'); echo "{\\"summary\\":\\"scale\\",\\"changes\\":[{\\"what\\":\\"replicas\\",\\"from\\":$n,\\"to\\":5}],\\"before\\":$n}"`,
      ),
      timeoutMs: 5_000,
    },
    timeoutMs: 10_000,
  },
  rollback: {
    executor: 'command',
    argv: shell(`printf %s "$COUNTERSIGN_BEFORE" | tee '${before}' >'${replicas}'`),
    timeoutMs: 10_000,
  },
});

const world = useWorld({
  installation: () => {
    const { actionTypes, agents } = testInstallation().installation;
    const deploy = actionTypes['version.deploy'];
    if (!deploy) throw new Error('there is no version.deploy');
    const { watch: _, reconcile: __, ...unwatched } = deploy;
    const common = { ...unwatched, title: 'scale it', parameters: {} };
    return {
      actionTypes: {
        ...actionTypes,
        scale: { ...common, name: 'scale', ...scale('true') },
        'scale.fails': { ...common, name: 'scale.fails', ...scale('exit 1') },
      },
      agents: { ...agents, ...freeAgents(SPARE) },
    };
  },
});

const asked = (actionType: string, n: number) =>
  world().asked(proposal({ actionType, target: 'catalog', agent: { id: SPARE[n] ?? '', version: '1.0.0' } }));

test('what a command would change is what people are asked about, and what runs', async () => {
  const action = await asked('scale', 0);
  expect((await action.state()).impact?.preview).toMatchObject({
    kind: 'previewed',
    preview: { changes: [{ what: 'replicas', from: 3, to: 5 }], before: 3 },
  });
  await world().decide('edsger', 'approve', action);
  expect((await action.result()).outcome).toMatchObject({ kind: 'succeeded' });
  expect(readFileSync(replicas, 'utf8')).toBe('5');
});

test('what it would change by now goes back to people where somebody else changed it meanwhile', async () => {
  const action = await asked('scale', 1);
  writeFileSync(replicas, '4');
  await world().decide('edsger', 'approve', action);
  await world().untilAskedAgain(action);
  expect(readFileSync(replicas, 'utf8')).toBe('4');
  await world().decide('edsger', 'approve', action);
  expect((await action.result()).outcome).toMatchObject({ kind: 'succeeded' });
  expect(readFileSync(replicas, 'utf8')).toBe('5');
});

test('a command that may have run is taken back to what its preview said was there before', async () => {
  const action = await asked('scale.fails', 2);
  await world().decide('edsger', 'approve', action);
  expect((await action.result()).outcome).toMatchObject({ kind: 'rolledBack' });
  expect(existsSync(before)).toBe(true);
  expect(readFileSync(replicas, 'utf8')).toBe('3');
});

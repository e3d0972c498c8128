import { describe, expect, test } from 'vitest';
import type { ActivityDeps } from '../../src/activities/index.ts';
import { createTryRulings } from '../../src/activities/ruling/try-rulings.ts';
import { inEveryPlace } from '../../src/activities/shared/send.ts';
import { triedAs } from '../../src/domain/ruling/tried.ts';
import { deploy } from '../support/proposals.ts';
import { aDesk, never } from './desk.ts';

const trial = { actionType: 'version.deploy', target: 'checkout', environment: 'production' };
const agent = { id: 'deploy-agent', version: '2.0.1' };

function tried(asked: unknown, changes: Partial<ActivityDeps> = {}) {
  const desk = aDesk(deploy('2.5.0'), changes);
  return { desk, answers: createTryRulings(desk.deps).tryRulings(asked) };
}

test('an action is ruled as it would be if its agent had proposed it, with its parameters and without', async () => {
  const { answers } = tried({ agent, trials: [trial, { ...trial, params: { version: '2.5.0' } }] });
  expect(await answers).toMatchObject([
    { kind: 'permitted', tier: 3, mode: 'executeWithApproval', waitsFor: expect.stringContaining('1 of') },
    { kind: 'permitted', tier: 3, mode: 'executeWithApproval' },
  ]);
});

test('nothing is recorded, started or sent by it', async () => {
  const { desk, answers } = tried({ agent, trials: [trial] }, { executors: inEveryPlace({ run: never }) });
  await answers;
  expect(desk.entries).toEqual([]);
  expect([desk.asked, desk.placed, desk.opened]).toEqual([[], [], []]);
});

describe('what is no action here', () => {
  test.each([
    ['action type', { actionType: 'cache.warm' }, 'actionType:'],
    ['target', { target: 'nowhere' }, 'target:'],
    ['environment', { environment: 'prod' }, 'environment:'],
  ])('by its %s is told so', async (_what, change, reason) => {
    const { answers } = tried({ agent, trials: [{ ...trial, ...change }] });
    expect(await answers).toMatchObject([{ kind: 'noAction', reasons: [expect.stringContaining(reason)] }]);
  });

  test('by its form is refused as a whole', async () => {
    const { answers } = tried({ agent, trials: [{ ...trial, target: '../x' }] });
    await expect(answers).rejects.toThrow('target');
  });
});

test('what cannot be read is not called permitted', async () => {
  const away = () => Promise.reject(new Error('away'));
  const ledger = new Proxy({} as ActivityDeps['ledger'], { get: () => away });
  const { answers } = tried({ agent, trials: [trial] }, { ledger });
  expect(await answers).toMatchObject([{ kind: 'notFoundOut' }]);
});

test('a forbidden action has the reasons', () => {
  const reasons = ['a policy forbids it'];
  expect(triedAs(trial, { kind: 'forbid', outcome: 'deniedByPolicy', reasons } as never)).toEqual({
    ...trial,
    kind: 'forbidden',
    reasons,
  });
});

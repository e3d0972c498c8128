import { expect, test } from 'vitest';
import type { Effect, Executor } from '../../src/activities/ports/executor.ts';
import { inEveryPlace, runsOnce, send } from '../../src/activities/shared/send.ts';
import { anAction } from '../domain/support.ts';

/** A governed system that takes no request with an older token than the newest that it saw, as it is told to. */
function aSystem() {
  const effects: string[] = [];
  let newest = 0;
  const take = async ({ idempotencyKey, fencingToken }: Effect) => {
    if (fencingToken < newest) return { kind: 'refused', reason: 'an older fencing token' } as const;
    newest = fencingToken;
    effects.push(idempotencyKey);
    return { kind: 'done', summary: idempotencyKey } as const;
  };
  const executor: Executor = { run: take };
  return { effects, executors: inEveryPlace(executor) };
}

test('INVARIANT 8: a request that comes late, after it was taken back, is refused by its older token', async () => {
  const { effects, executors } = aSystem();
  const { id: actionId, execute, rollback = execute } = anAction();
  const about = { actionId, fencingToken: 7 };
  await send(executors, rollback, { way: 'back', ...about });
  expect(await send(executors, execute, { way: 'there', ...about })).toMatchObject({ kind: 'refused' });
  expect(effects).toEqual([`${actionId}/rollback`]);
});

test('INVARIANT 8: an apply of Terraform is not begun a second time: the first one may still be under way', () => {
  const plan = {
    executor: 'terraform',
    program: 'tofu',
    folder: '/srv',
    variables: {},
    timeoutMs: 1,
  } as const;
  expect(runsOnce(plan)).toBe(true);
});

import { describe, expect, test } from 'vitest';
import { parseProposal } from '../../../src/contract/proposal.ts';
import type { Action, Plan } from '../../../src/domain/action/action.ts';
import { actionIdOf, resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { otherThanWished, takeBackProposal, takingBack } from '../../../src/domain/proposal/take-back.ts';
import type { Fault } from '../../../src/domain/shared/json.ts';
import { testInstallation } from '../../support/installation.ts';
import { deploy } from '../../support/proposals.ts';

const { installation } = testInstallation();

function ranAction(): Action {
  const resolution = resolve(installation, deploy('2.5.0', { idempotencyKey: 'one' }), () => []);
  if (resolution.kind === 'refused') throw new Error('the installation knows it');
  return resolution.action;
}
const ran = ranAction();
const DIGEST = 'd'.repeat(64);
const wish = (changes: Partial<Action> = {}, reason = 'carts are empty') => ({
  actionId: ran.id,
  attempt: 1,
  jws: 'signed by grace',
  person: 'grace',
  reason,
  ran: { ...ran, ...changes },
  digest: DIGEST,
  admittedAt: 7,
});
const resolved = (changes: Partial<Action> = {}, from = installation, faults: Fault[] = []) =>
  takingBack(from, wish(changes), () => faults);
function actionOf(changes: Partial<Action> = {}, from = installation): Action {
  const resolution = resolved(changes, from);
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.faults));
  return resolution.action;
}

test('what takes an action back sends the rollback on record, and all else follows from the record', () => {
  expect(actionOf()).toEqual({
    id: '~back~deploy-agent.one~1',
    type: 'version.deploy',
    title: 'take back: deploy 2.5.0 to checkout',
    target: 'checkout',
    serviceTier: 1,
    environment: 'production',
    params: { version: '2.5.0' },
    agent: { id: 'countersign', version: '1', owner: 'user:grace' },
    execute: ran.rollback,
    rollback: ran.execute,
    watch: ran.watch,
    takesBack: { actionId: ran.id, digest: DIGEST, admittedAt: 7 },
  });
});

test('it is watched as the action type says today', () => {
  const { 'version.deploy': type } = installation.actionTypes;
  if (!type) throw new Error('it is there');
  const { watch: _, ...blind } = type;
  const today = testInstallation({ actionTypes: { 'version.deploy': blind } }).installation;
  expect(actionOf({}, today).watch).toBeUndefined();
});

test('how to find out whether the old effect is there does not come along: its answer would mean the opposite', () => {
  const ask = { by: 'http', url: 'http://storefront.example/operations', timeoutMs: 1 } as const;
  const reconcile = { ask, present: 'answer.there', absent: '!answer.there', settleMs: 1 };
  expect(actionOf({ reconcile }).reconcile).toBeUndefined();
});

describe('it can be taken back itself', () => {
  const command = (repeatable?: true): Plan => ({
    executor: 'command',
    argv: ['deploy'],
    timeoutMs: 1,
    ...(repeatable ? { repeatable } : {}),
  });
  test.each<[string, Partial<Action>, boolean]>([
    ['where both are requests', {}, true],
    ['where commands may run again', { execute: command(true), rollback: command(true) }, true],
    ['not where the command there may not', { execute: command(), rollback: command(true) }, false],
    ['not where the command back may not', { rollback: command() }, false],
  ])('%s', (_, changes, can) => {
    expect(actionOf(changes).rollback !== undefined).toBe(can);
  });
});

describe('it is refused', () => {
  const { rollback: _, ...final } = ran;
  test('without a rollback', () => {
    expect(takingBack(installation, { ...wish(), ran: final }, () => [])).toMatchObject({
      faults: [{ where: 'takesBack', problem: expect.stringContaining('has no rollback') }],
    });
  });

  test.each([
    ['actionType', { type: 'version.gone' }],
    ['target', { target: 'gone' }],
    ['environment', { environment: 'gone' }],
  ])('where its %s is gone', (where, changes) => {
    expect(resolved(changes)).toMatchObject({ kind: 'refused', faults: [{ where }] });
  });

  test('where its parameters do not fit the action type any more', () => {
    const faults = [{ where: 'params.version', problem: 'must match' }];
    expect(resolved({}, installation, faults)).toEqual({ kind: 'refused', faults });
  });
});

test('the proposal that a wish is passes as one, and no other content has its id', () => {
  const longest = takeBackProposal(wish({}, 'x'.repeat(2_000)));
  expect(parseProposal(longest)).toEqual({ kind: 'proposal', proposal: longest });
  expect(actionIdOf(longest)).toBe('~back~deploy-agent.one~1');
  const mine = takeBackProposal(wish());
  expect(otherThanWished(mine, resolved())).toEqual([]);
  expect(otherThanWished({ ...mine, params: { version: '9.9.9' } }, resolved())).toHaveLength(1);
  expect(otherThanWished({ ...mine, declaredTier: 1 }, resolved())).toHaveLength(1);
});

test('no agent can take that id beforehand, signed or not', () => {
  for (const authenticated of [undefined, false] as const)
    expect(
      actionIdOf({ agent: { id: 'back', version: '1' }, idempotencyKey: 'one', authenticated }),
    ).not.toMatch(/^~back~/);
});

import { afterEach, describe, expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { digestOf } from '../../src/domain/shared/digest.ts';
import { endOf } from '../support/agreement.ts';
import { authorizeBy, DEFAULT_POLICIES } from '../support/policies.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const MINUTE = 60_000;

const world = useWorld();

/** A worker with these policies besides the default set. */
async function under(...policies: string[]): Promise<void> {
  await world().stopWorker();
  if (policies.length === 0) return world().startWorker();
  const { installation } = world();
  const digests = { ...installation.digests, policy: digestOf(policies) };
  await world().startWorker({
    installation: { ...installation, digests },
    authorize: authorizeBy(DEFAULT_POLICIES, ...policies),
  });
}

afterEach(() => under());

const waiting = async (asked = deploy('2.4.0')): Promise<ActionHandle> => {
  const action = await world().countersign.propose(asked);
  await world().until(action, 'waiting');
  return action;
};

const forbid = (id: string, what: string, condition = 'true') =>
  `@id("${id}") @owner("group:sre-on-call") @reason("because of ${id}")
   forbid (${what}) when { ${condition} };`;
const everything = 'principal is Agent, action, resource';

describe('when an action is proposed', () => {
  test('INVARIANT 1: what every mode forbids is denied by policy, by name, and nothing is done', async () => {
    await under(forbid('stop-deploys', everything, 'context.serviceDisruption >= 3'));
    const action = await world().countersign.propose(deploy('2.4.0'));
    const outcome = await endOf(world(), action);
    expect(outcome.kind).toBe('deniedByPolicy');
    expect(outcome.reason).toContain('stop-deploys forbids it (because of stop-deploys)');
    expect((await action.explanation()).whatLimitedIt).toContain(
      'policy stop-deploys of group:sre-on-call: because of stop-deploys.',
    );
  });

  test('a policy raises what would run at once to people, and the ledger has what it rested on', async () => {
    const automatic = 'principal, action in [Action::"execute", Action::"executeAfterWindow"], resource';
    await under(forbid('flush-with-people', automatic, 'context.actionType == ActionType::"cache.flush"'));
    const action = await waiting(proposal());
    await world().decide('linus', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
    const [ruled] = await world().ledger.entriesOf(action.actionId);
    expect(ruled).toMatchObject({
      kind: 'ruled',
      body: {
        ruling: {
          tier: 3,
          floor: 1,
          context: { actionType: 'cache.flush', level: 3, serviceTier: 3 },
          modes: [
            { mode: 'execute', permitted: false, policies: [{ id: 'flush-with-people', effect: 'forbid' }] },
            { mode: 'executeAfterWindow', permitted: false, policies: [{ id: 'flush-with-people' }] },
            { mode: 'executeWithApproval', permitted: true, policies: [{ id: 'level-1-with-approval' }] },
          ],
        },
      },
    });
  });
});

test('a policy that wants the effect watched has it measured for that long', async () => {
  await under(`@id("look") @owner("on-call") @reason("it is checkout") @watch("10m")
    permit (principal is Agent, action == Action::"executeWithApproval", resource == Service::"checkout");`);
  const action = await waiting();
  await world().decide('grace', 'approve', action);
  await world().until(action, 'watching');
  await world().skip(action, 11 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  // Three of its own, in three seconds, and thirty in the minutes after them.
  expect((await action.state()).measurements).toHaveLength(33);
});

describe('policies that change while an action waits', () => {
  test('INVARIANT 1: an approval does not run what a policy forbids by then', async () => {
    const action = await waiting();
    await under(forbid('stop-deploys', everything));
    await world().decide('grace', 'approve', action);
    const outcome = await endOf(world(), action);
    expect(outcome).toMatchObject({
      kind: 'deniedByPolicy',
      reason: expect.stringContaining('stop-deploys forbids it'),
    });
  });

  test('INVARIANT 1: of two workers with different policies, the stricter refuses at admit, and says that they differ', async () => {
    const action = await waiting();
    const { digests } = world().installation;
    const other = { ...world().installation, digests: { ...digests, policy: 'f'.repeat(64) } };
    await world().stopWorker();
    await world().startWorker({
      installation: other,
      authorize: authorizeBy(DEFAULT_POLICIES, forbid('stop-deploys', everything)),
    });
    await world().decide('grace', 'approve', action);
    const { kind, reason } = await endOf(world(), action);
    expect(kind).toBe('deniedByPolicy');
    expect(reason).toContain('stop-deploys forbids it');
    expect(reason).toContain(
      `it was ruled under other rules: policy ${digests.policy.slice(0, 12)}, here it is ffffffffffff`,
    );
  });

  test('INVARIANT 1: silence does not run what a policy gives to people by the end of the window', async () => {
    const action = await waiting(proposal({ target: 'cart' }));
    await under(forbid('no-windows', 'principal, action == Action::"executeAfterWindow", resource'));
    await world().skip(action, 5 * MINUTE);
    const outcome = await endOf(world(), action);
    expect(outcome).toMatchObject({
      kind: 'deniedByPolicy',
      reason: expect.stringContaining('no-windows forbids it'),
    });
  });

  test('INVARIANT 1: a policy that cannot be evaluated by then stops it', async () => {
    const action = await waiting();
    await under(forbid('broken', everything, 'context.runbook == "x"'));
    await world().decide('grace', 'approve', action);
    const outcome = await endOf(world(), action);
    expect(outcome).toMatchObject({
      kind: 'deniedByPolicy',
      reason: expect.stringContaining('broken could not be evaluated'),
    });
  });

  test('INVARIANT 1: the approval of somebody who may no longer approve runs nothing', async () => {
    const action = await waiting();
    await under(forbid('not-grace', 'principal == User::"grace", action == Action::"approve", resource'));
    await world().decide('grace', 'approve', action);
    const outcome = await endOf(world(), action);
    expect(outcome).toMatchObject({
      kind: 'deniedByPolicy',
      reason: expect.stringContaining(
        'the approvals are not enough any more: 1 of checkout-team or sre-on-call is missing',
      ),
    });
  });

  test('a looser one changes nothing: it still waits for people', async () => {
    await under(forbid('stop-flushes', 'principal, action == Action::"execute", resource'));
    const action = await waiting(proposal());
    await under();
    await world().decide('linus', 'deny', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
  });
});

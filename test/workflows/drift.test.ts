import { afterEach, describe, expect, test } from 'vitest';
import type { Freeze } from '../../src/domain/calendar/calendar.ts';
import type { Rules } from '../../src/domain/installation/installation.ts';
import { endOf } from '../support/agreement.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const world = useWorld();

/** From here on the worker goes by these rules. */
async function rules(changes: Partial<Rules>): Promise<void> {
  const { digests: _, ...known } = world().installation;
  await world().stopWorker();
  await world().startWorker({
    installation: testInstallation({ ...known, rules: { ...known.rules, ...changes } }).installation,
  });
}

/** Freezes that begin so many minutes from now, each longer than those before. */
const freezes = (...minutes: number[]): Partial<Rules> => ({
  calendar: {
    ...world().installation.rules.calendar,
    freezes: minutes.map(
      (begins, i): Freeze => ({
        name: `freeze ${i + 1}`,
        from: Date.now() + begins * MINUTE,
        until: Date.now() + (24 + i) * HOUR,
      }),
    ),
  },
});

const statusPage: Partial<Rules> = {
  live: {
    incidents: { source: 'storefront', query: `storefront_incidents_open{service="\${target}"}` },
  },
};
const declare = (open: object) =>
  fetch(`${world().storefront.url}/incidents`, { method: 'PUT', body: JSON.stringify(open) });

afterEach(async () => {
  await declare({});
  await rules({});
});

describe('an incident that begins while people are waited for', () => {
  test('sends what they approved back to them; they approve it as it is now, and it runs once', async () => {
    await rules(statusPage);
    const action = await world().countersign.propose(deploy('2.4.0'));
    await world().until(action, 'waiting');
    const { ruling: first } = await action.state();
    const approval = await world().sign('grace', 'approve', action);
    await declare({ cart: 1 });
    await world().skip(action, MINUTE);
    await world().countersign.decide(action.workflowId, approval);

    await world().untilAskedAgain(action);
    const { ruling, votes, earlierRounds, impact } = await action.state();
    expect(ruling?.reasons).toContain('asked again: an incident has begun on cart');
    expect(impact?.live.incidents).toContainEqual({ service: 'cart', open: { kind: 'known', value: 1 } });
    expect(ruling?.digest).not.toBe(first?.digest);
    expect(votes).toEqual([]);
    expect(earlierRounds).toMatchObject([{ digest: first?.digest, votes: [{ person: 'grace' }] }]);
    expect(await world().effectsOf(action)).toEqual([]);

    const late = await world().sign('grace', 'approve', action, {
      ...(first ? { digest: first.digest } : {}),
      reason: 'as before',
    });
    await expect(world().countersign.decide(action.workflowId, late)).rejects.toMatchObject({
      refusal: 'otherDigest',
    });
    await world().decide('grace', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
    expect(world().mailsOf(action).length).toBeGreaterThanOrEqual(2);
    const { howTheDecisionWasReached } = await action.explanation();
    expect(howTheDecisionWasReached).toContain(
      'grace approved it before, then it was found that an incident has begun on cart: so it was asked again.',
    );
  });

  test('is none of theirs when it is on a service that has nothing to do with it', async () => {
    await rules(statusPage);
    const action = await world().countersign.propose(proposal({ declaredTier: 3 }));
    await world().until(action, 'waiting');
    await declare({ checkout: 1 });
    await world().skip(action, MINUTE);
    await world().decide('edsger', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  });
});

describe('a freeze that begins in a window', () => {
  test('INVARIANT 1: leaves to people what silence would have let run; without them it expires', async () => {
    await rules(freezes(3));
    const action = await world().countersign.propose(proposal({ target: 'cart' }));
    await world().until(action, 'waiting');
    await world().skip(action, 5 * MINUTE);
    await world().untilAskedAgain(action);
    expect((await action.state()).ruling).toMatchObject({ tier: 3, mode: 'executeWithApproval' });
    await world().skip(action, 30 * MINUTE);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'expired' });
  });
});

test('what becomes worse for a third time is denied', async () => {
  await rules(freezes(2, 4, 6));
  const action = await world().countersign.propose(deploy('2.4.0'));
  for (const time of [1, 2, 3]) {
    await world().untilAskedAgain(action, time);
    await world().skip(action, 2.5 * MINUTE);
    await world().decide('grace', 'approve', action);
  }
  expect(await endOf(world(), action)).toEqual({
    kind: 'deniedByPolicy',
    reason:
      'it was asked for 3 times and became worse each time, now because the freeze "freeze 3" has begun',
  });
});

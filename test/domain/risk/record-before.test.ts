import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OUTCOMES } from '../../../src/domain/action/outcome.ts';
import type { Reported } from '../../../src/domain/action/reported.ts';
import { samenessOf } from '../../../src/domain/attention/request-facts.ts';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import { ranBefore, sameBefore } from '../../../src/domain/risk/record-before.ts';
import { anAction, aPastAction } from '../support.ts';

const DAY = 86_400_000;
const action = anAction();
const sameness = samenessOf(action);
const endedAt = (at: number, outcome: NonNullable<PastAction['closed']>['outcome'], reason?: string) => ({
  actionId: `a.${at}`,
  sameness,
  closed: { at, outcome, ...(reason ? { reason } : {}) },
});
const same = (...past: Partial<PastAction>[]) => sameBefore(action, past.map(aPastAction));

describe('the record of this very action', () => {
  test('counts how it ended, from the first to the last, and says why the last ended so', () => {
    const reason = 'latency-p95 is 0.4, it was 0.2 before';
    const record = same(
      endedAt(9 * DAY, 'rolledBack'),
      endedAt(15 * DAY, 'rolledBack', reason),
      endedAt(DAY, 'succeeded'),
    );
    expect(record).toEqual({
      count: 3,
      outcomes: { rolledBack: 2, succeeded: 1 },
      since: DAY,
      last: { actionId: `a.${15 * DAY}`, outcome: 'rolledBack', at: 15 * DAY, reason },
    });
  });

  test.each<[string, Partial<PastAction>]>([
    ['with other parameters', { sameness: samenessOf({ ...action, params: { keys: ['stock'] } }) }],
    ['on another target', { sameness: samenessOf({ ...action, target: 'search' }) }],
    ['in another environment', { sameness: samenessOf({ ...action, environment: 'staging' }) }],
    ['whose sameness was not recorded', { sameness: undefined }],
    ['that is not over', { sameness, closed: undefined }],
    ['that is this one itself', { sameness, actionId: action.id }],
  ])('does not count one %s', (_, changes) => {
    expect(same(changes)).toEqual({ count: 0, outcomes: {} });
  });

  test('counts whichever agent asked, and whatever id it wrote: both are its own to choose', () => {
    const anyRecord = fc.array(
      fc.record({ at: fc.nat(), outcome: fc.constantFrom(...OUTCOMES), agent: fc.string(), id: fc.string() }),
    );
    fc.assert(
      fc.property(anyRecord, (endings) => {
        const past = endings.map(({ at, outcome, agent, id }) =>
          aPastAction({
            actionId: `other.${id}`,
            agent: { id: agent, version: '1' },
            sameness,
            closed: { at, outcome },
          }),
        );
        const record = sameBefore(action, past);
        const times = endings.map(({ at }) => at);
        expect(record.count).toBe(endings.length);
        expect(Object.values(record.outcomes).reduce((sum, times) => sum + times, 0)).toBe(endings.length);
        expect(record.since).toBe(times.length === 0 ? undefined : Math.min(...times));
        expect(record.last?.at).toBe(times.length === 0 ? undefined : Math.max(...times));
      }),
    );
  });
});

describe('how often it ran', () => {
  const ran = (...past: Partial<PastAction>[]) =>
    ranBefore(
      action,
      past.map((changes, n) => aPastAction({ actionId: `a.${n}`, ...changes })),
    );
  const ended = (outcome: NonNullable<PastAction['closed']>['outcome']) => ({ closed: { at: 0, outcome } });

  test('counts what ran on the target, whatever the parameters, and what of it ended well', () => {
    expect(ran({}, {}, ended('rolledBack'), ended('failed')).onTarget).toEqual({ ran: 4, well: 2 });
  });

  test('does not call well what its reviewer disagreed with', () => {
    expect(ran({ review: 'disagreed' }, { review: 'agreed' }).onTarget).toEqual({ ran: 2, well: 1 });
  });

  test('does not call well what a person reported as regressed', () => {
    const reported = (found: Reported) => ({ reported: { found, at: 1 } });
    expect(ran(reported('regressed'), reported('rollbackWrong')).onTarget).toEqual({ ran: 2, well: 1 });
  });

  test.each<[string, Partial<PastAction>]>([
    ['never ran', { admittedAt: undefined, closed: { at: 0, outcome: 'deniedByPerson' } }],
    ['is not over', { closed: undefined }],
    ['is of another type', { actionType: 'config.change' }],
    ['is this one itself', { actionId: action.id }],
  ])('does not count what %s', (_, changes) => {
    const none = { ran: 0, well: 0 };
    expect(ran(changes)).toEqual({ onTarget: none, byAgent: none });
  });

  test('keeps the target apart from the agent', () => {
    const record = ran(
      { agent: { id: 'other-agent', version: '1' } },
      { target: 'search', agent: { id: 'cache-agent', version: '0.9' } },
      { environment: 'staging' },
    );
    expect(record).toEqual({ onTarget: { ran: 1, well: 1 }, byAgent: { ran: 2, well: 2 } });
  });
});

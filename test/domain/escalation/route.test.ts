import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PAGE_PATIENCE_MS, type Route } from '../../../src/domain/escalation/route.ts';
import { routeDurationOf, worstCaseMs } from '../../../src/domain/escalation/route-duration.ts';
import { acknowledged, openingOf, pass } from '../../../src/domain/escalation/route-progress.ts';
import { branch, during, notDelivered, route, step, walked } from './route-support.ts';

const MINUTE = 60_000;

const anyRoute = fc
  .array(fc.integer({ min: 0, max: 86_400_000 }), { maxLength: 8 })
  .map((waits) => route(...waits.map((wait) => step(wait))));
const anyTime = fc.integer({ min: 0, max: 4e12 });

describe('a list of steps', () => {
  test.each([
    [[], 0],
    [[0], 0],
    [[300_000], 300_000],
    [[900_000, 900_000, 1], 1_800_001],
  ])('that waits %j ms takes %i ms in silence', (waits, duration) => {
    expect(routeDurationOf(route(...waits.map((wait) => step(wait))))).toBe(duration);
  });

  test.each([
    ['deny', 1_800_000],
    ['proceed', 1_800_000 + PAGE_PATIENCE_MS],
  ] as const)('whose silence means %s ends after %i ms at the worst', (onSilence, worst) => {
    const steps = [step(900_000), step(900_000, { by: 'page' })];
    expect(worstCaseMs({ steps, onSilence })).toBe(worst);
    expect(worstCaseMs({ steps, onSilence, holdMs: 5 })).toBe(worst + 5);
  });

  test('tells each once all before it were waited for, and ends after the last wait', () => {
    const given = route(step(900_000), step(600_000, { whom: 'on-call', people: [] }), step(60_000));
    expect(walked(given, { openedAt: 1_000 })).toEqual({
      told: [
        [1_000, 'owners', 'ada'],
        [901_000, 'on-call'],
        [1_501_000, 'owners', 'ada'],
      ],
      over: 1_561_000,
    });
  });

  test('names its messages in their order', () => {
    const given = route(step(1), step(1));
    const first = pass(given, openingOf(0, 2), () => true);
    expect([first.told?.name, pass(given, first.walk, () => true).told?.name]).toEqual([
      'route-1',
      'route-2',
    ]);
  });

  test('without a step has nothing due', () => {
    expect(walked(route(), { openedAt: 1_000 })).toEqual({ told: [], over: 1_000 });
  });

  test('is counted from the opening alone: opened later, all is later by as much', () => {
    fc.assert(
      fc.property(anyRoute, anyTime, fc.nat(1e9), (given, openedAt, later) => {
        const { told, over } = walked(given, { openedAt });
        const moved = told.map(([at, ...rest]) => [at + later, ...rest]);
        expect(walked(given, { openedAt: openedAt + later })).toEqual({ told: moved, over: over + later });
        expect(over).toBe(openedAt + routeDurationOf(given));
      }),
    );
  });
});

describe('a graph', () => {
  /** 0 day? -> 1 team, else 2 night; 2 -> 3 reached?; 3 -> 5 managers when not, else 4 twice from 2; 5 -> end. */
  const night = route(
    branch(during(0, 10 * MINUTE), 1, 2),
    step(30 * MINUTE, { whom: 'team', next: 6 }),
    step(10 * MINUTE, { whom: 'on-call' }),
    branch(notDelivered, 5, 4),
    { repeatFrom: 2, times: 2, next: 5 },
    step(20 * MINUTE, { whom: 'managers' }),
  );

  test('takes one way by day and another at night', () => {
    expect(walked(night, { openedAt: 9 * MINUTE }).told.map(([, whom]) => whom)).toEqual(['team']);
    expect(walked(night, { openedAt: 10 * MINUTE }).told[0]).toEqual([10 * MINUTE, 'on-call', 'ada']);
  });

  test('repeats as often as it says, at times counted from the opening, and then goes on', () => {
    const at = 100 * MINUTE;
    expect(walked(night, { openedAt: at })).toEqual({
      told: [
        [at, 'on-call', 'ada'],
        [at + 10 * MINUTE, 'on-call', 'ada'],
        [at + 20 * MINUTE, 'on-call', 'ada'],
        [at + 30 * MINUTE, 'managers', 'ada'],
      ],
      over: at + 50 * MINUTE,
    });
  });

  test('goes round a page that was not delivered, and asks of the last one alone', () => {
    const told = walked(night, { openedAt: 100 * MINUTE, arrives: (name) => name !== 'route-2' }).told;
    expect(told.map(([, whom]) => whom)).toEqual(['on-call', 'on-call', 'managers']);
  });

  test('takes a message for lost where none was due before', () => {
    const given = route(branch(notDelivered, 1, 2), step(1, { whom: 'managers' }));
    expect(walked(given).told.map(([, whom]) => whom)).toEqual(['managers']);
  });

  test('waits until its longest way would be over, whichever it took: every message can name one deadline', () => {
    expect(routeDurationOf(night)).toBe(50 * MINUTE);
    expect(walked(night, { openedAt: 9 * MINUTE }).over).toBe(59 * MINUTE);
  });

  test('waits without telling anybody where it says so', () => {
    const given = route(step(MINUTE), { waitMs: MINUTE }, step(MINUTE, { whom: 'team' }));
    expect(walked(given).told.map(([at]) => at)).toEqual([0, 2 * MINUTE]);
  });

  test('never takes longer than its worst case, whatever arrives', () => {
    fc.assert(
      fc.property(anyTime, fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), (openedAt, arrive) => {
        const arrives = (name: string) => arrive[Number(name.slice('route-'.length))] ?? false;
        const { told, over } = walked(night, { openedAt, arrives });
        expect(over).toBe(openedAt + routeDurationOf(night));
        for (const [at] of told) expect(at).toBeLessThanOrEqual(over);
      }),
    );
  });
});

describe('an acknowledgement', () => {
  const held: Route = {
    ...route(step(10 * MINUTE), step(10 * MINUTE, { whom: 'on-call' })),
    holdMs: 15 * MINUTE,
  };

  test('holds the next step, and all after it, for a set time from when it was given', () => {
    expect(walked(held, { at: 4 * MINUTE })).toEqual({
      told: [
        [0, 'owners', 'ada'],
        [19 * MINUTE, 'on-call', 'ada'],
      ],
      over: 29 * MINUTE,
    });
  });

  test('given once the last step has told people, holds the end', () => {
    expect(walked(held, { at: 19 * MINUTE }).over).toBe(34 * MINUTE);
  });

  test('holds nothing that comes later anyway', () => {
    const slow: Route = { ...route(step(60 * MINUTE), step(MINUTE)), holdMs: 15 * MINUTE };
    expect(walked(slow, { at: 4 * MINUTE })).toEqual(walked(slow));
  });

  test('holds the one after a step that had fallen due by then, though nobody was there to take it', () => {
    const opened = openingOf(0, routeDurationOf(held));
    const waiting = pass(held, opened, () => true).walk;
    expect(acknowledged(held, waiting, 10 * MINUTE)).toBe(waiting);
    expect(acknowledged(held, waiting, 10 * MINUTE - 1).at).toBe(25 * MINUTE - 1);
  });

  test('counts once: whoever comes second holds nothing', () => {
    const waiting = pass(held, openingOf(0, routeDurationOf(held)), () => true).walk;
    const once = acknowledged(held, waiting, 0);
    expect(once).toMatchObject({ at: 15 * MINUTE, deadline: 25 * MINUTE, held: true });
    expect(acknowledged(held, once, 14 * MINUTE)).toBe(once);
  });

  test('changes nothing where the route holds for no time', () => {
    const given = route(step(10 * MINUTE));
    const waiting = pass(given, openingOf(0, 10 * MINUTE), () => true).walk;
    expect(acknowledged(given, waiting, 0)).toBe(waiting);
  });

  test('never makes a route longer than its worst case', () => {
    fc.assert(
      fc.property(anyRoute, fc.nat(1e8), fc.nat(1e8), (given, holdMs, at) => {
        const holding: Route = { ...given, holdMs };
        expect(walked(holding, { at }).over).toBeLessThanOrEqual(worstCaseMs(holding));
        expect(walked(holding, { at }).over).toBeGreaterThanOrEqual(walked(given).over);
      }),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { watchSchema } from '../../../src/config/action-types/watch.ts';
import { accuracyOf, type WatchedAction } from '../../../src/domain/learning/accuracy.ts';
import { suggestionsFor } from '../../../src/domain/learning/tuning.ts';
import { found, many, missed, watched, wrongly } from './support.ts';

const MINUTE = 60_000;

const METRIC = {
  name: 'error-ratio',
  source: 's',
  query: 'q',
  initialDelay: '2s',
  interval: '2s',
  count: 3,
  successCondition: 'result < 1.0',
};

/** What is suggested for a watch with these metrics, after these actions. */
function suggested(metrics: readonly object[], actions: readonly WatchedAction[]) {
  const [accuracy] = accuracyOf(actions);
  if (!accuracy) throw new Error('something ran');
  return suggestionsFor(watchSchema.parse({ metrics }), accuracy);
}

describe('regressions that were reported long after the watch had ended', () => {
  const late = [missed(9 * MINUTE), missed(11 * MINUTE), missed(14 * MINUTE)];

  test('the watch becomes as long as the reports took', () => {
    expect(suggested([METRIC], [...many(37), ...late])).toEqual([
      {
        kind: 'tighten',
        because:
          '3 of 40 regressed after the watch of 6s had ended; the reports came after 9m to 14m: watch for 15m',
        changes: [{ metric: 'error-ratio', member: 'for', value: '15m' }],
      },
    ]);
  });

  test('a metric that is watched so long already stays, and one that decides nothing too', () => {
    const other = { ...METRIC, name: 'latency', count: undefined, for: '20m' };
    const dry = { ...METRIC, name: 'heap', dryRun: true };
    expect(suggested([METRIC, dry], late)[0]?.changes).toHaveLength(1);
    expect(suggested([other], late)).toEqual([]);
  });

  test('one alone may be chance, and what is reported a day later is for a review', () => {
    expect(suggested([METRIC], [...many(3), missed(9 * MINUTE)])).toEqual([]);
    expect(suggested([METRIC], [missed(24 * 60 * MINUTE), missed(30 * 60 * MINUTE)])).toEqual([]);
  });
});

describe('regressions that were reported right after the watch had ended', () => {
  const soon = [missed(8_000), missed(10_000)];

  test('its limits become tighter', () => {
    const compared = {
      ...METRIC,
      name: 'latency',
      failureLimit: -1,
      consecutiveFailureLimit: 3,
      compare: { tolerance: 1.5 },
    };
    expect(suggested([{ ...METRIC, failureLimit: 3 }, compared], [...soon])[0]).toMatchObject({
      kind: 'tighten',
      changes: [
        { metric: 'error-ratio', member: 'failureLimit', value: '1' },
        { metric: 'latency', member: 'consecutiveFailureLimit', value: '2' },
        { metric: 'latency', member: 'tolerance', value: '1.25' },
      ],
    });
  });

  test('one that came soon and one that came later are two', () => {
    const metric = { ...METRIC, failureLimit: 2 };
    expect(suggested([metric], [missed(8_000), missed(MINUTE)])).toMatchObject([
      {
        because: expect.stringMatching(/^2 of 2 .* after 8s to 1m: its limits let them pass$/),
        changes: [{ value: '1' }],
      },
    ]);
  });

  test('where no limit can be tighter, people are led to the conditions', () => {
    expect(suggested([METRIC], soon)).toMatchObject([
      { kind: 'tighten', changes: [], remedy: 'look at its conditions: no other limit can be tighter' },
    ]);
  });
});

test('rollbacks that were wrong ask for a looser limit of the metric that found them, and of no other', () => {
  const other = { ...METRIC, name: 'latency', compare: { tolerance: 1.5 } };
  const wrong = [wrongly(), wrongly(), found(1_000)];
  expect(suggested([METRIC, other], wrong)).toEqual([
    {
      kind: 'loosen',
      because: '2 of 3 rollbacks of the watch were reported as wrong',
      changes: [{ metric: 'error-ratio', member: 'failureLimit', value: '1' }],
    },
  ]);
  const byOther = [1, 2].map(() => wrongly({ reason: 'latency is worse: 0.3 beside 0.2' }));
  expect(suggested([METRIC, other], byOther)[0]?.changes).toEqual([
    { metric: 'latency', member: 'tolerance', value: '2' },
  ]);
});

test('where nothing is watched and regressions are reported, a watch is missing', () => {
  const [accuracy] = accuracyOf([missed(MINUTE), missed(MINUTE), watched()]);
  expect(accuracy && suggestionsFor(undefined, accuracy)).toMatchObject([
    {
      kind: 'tighten',
      remedy: 'write a watch',
      changes: [],
      because: expect.stringMatching(/^2 of 3 regressed/),
    },
  ]);
});

test('where all went well nothing is suggested', () => {
  expect(suggested([METRIC], [...many(100), found(1_000)])).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LabelledSample, STALE_AFTER_MS } from '../../../src/domain/analysis/condition.ts';
import { incidentsIn } from '../../../src/domain/risk/incidents.ts';

const NOW = 1_800_000_000_000;
const sample = (changes: Partial<LabelledSample> = {}): LabelledSample => ({
  labels: { id: '4711', title: 'Checkout is slow', kind: 'outage' },
  value: (NOW - 240_000) / 1_000,
  ...changes,
});
const read = (...samples: LabelledSample[]) => incidentsIn({ kind: 'samples', samples }, NOW);

test('an incident has an id, a title, a kind and when it began', () => {
  expect(read(sample())).toEqual({
    kind: 'known',
    incidents: [{ id: '4711', title: 'Checkout is slow', kind: 'outage', startedAt: NOW - 240_000 }],
  });
});

test('one without a title is called by its id, and one without a kind has none', () => {
  expect(read(sample({ labels: { id: '4711' } }))).toMatchObject({
    incidents: [{ id: '4711', title: '4711', startedAt: NOW - 240_000 }],
  });
});

test('the newest come first, and no more than five of them', () => {
  const samples = [3, 1, 6, 2, 5, 4].map((minutes) =>
    sample({ labels: { id: String(minutes) }, value: NOW / 1_000 - 60 * minutes }),
  );
  const answer = read(...samples);
  expect(answer.kind === 'known' && answer.incidents.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
});

test('an empty list names none', () => {
  expect(read()).toEqual({ kind: 'known', incidents: [] });
});

describe('INVARIANT 7: one that cannot be read makes the list unknown', () => {
  test.each<[string, Partial<LabelledSample>, string]>([
    ['has no id', { labels: { title: 'Checkout is slow' } }, 'one has no label id'],
    ['has an empty id', { labels: { id: '' } }, 'one has no label id'],
    ['began at no time', { value: Number.NaN }, 'of one the value is NaN'],
    [
      'began in the future',
      { value: NOW / 1_000 + 61 },
      'one began at 1800000061, which is no time in the past, in seconds',
    ],
    [
      'is in milliseconds',
      { value: NOW },
      'one began at 1800000000000, which is no time in the past, in seconds',
    ],
    ['began before there was time', { value: 0 }, 'one began at 0, which is no time in the past, in seconds'],
    ['is a stale sample', { sampledAt: NOW - STALE_AFTER_MS - 1_000 }, 'of one the sample is 131 s old'],
  ])('one that %s', (_, changes, reason) => {
    expect(read(sample(), sample(changes))).toEqual({ kind: 'unknown', reason });
  });

  test('so does a source that does not answer', () => {
    expect(incidentsIn({ kind: 'none', reason: 'no answer' }, NOW)).toEqual({
      kind: 'unknown',
      reason: 'no answer',
    });
  });
});

test('whatever the labels say, the texts are bounded and whole', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(fc.array(fc.record({ id: text, title: text, kind: text })), (labels) => {
      const answer = read(...labels.map((label) => sample({ labels: label })));
      if (answer.kind === 'unknown') throw new Error(answer.reason);
      expect(answer.incidents).toHaveLength(Math.min(5, labels.length));
      for (const part of answer.incidents.flatMap(({ id, title, kind = '' }) => [id, title, kind])) {
        expect(part.length).toBeLessThanOrEqual(200);
        expect(part).not.toMatch(/\p{Surrogate}/u);
      }
    }),
  );
});

import { expect, test } from 'vitest';
import { promotionOf } from '../../../src/domain/autonomy/promotion.ts';
import { missingCard, type RecordedCard } from '../../../src/domain/autonomy/score-card-rule.ts';
import { rateOf } from '../../../src/domain/autonomy/wilson.ts';

const agent = { id: 'scaler', version: '2.0.0', model: 'm-1' };
const rule = { cases: 50, wrong: 1 };
const card = (changes: Partial<RecordedCard> = {}): RecordedCard => ({
  agent,
  cases: 50,
  wrong: 1,
  at: 1_000,
  ...changes,
});

test.each<[string, readonly RecordedCard[], RegExp | undefined]>([
  ['good enough', [card()], undefined],
  ['none', [], /^a score card of this build since its level was lowered/],
  ['of another version', [card({ agent: { ...agent, version: '2.0.1' } })], /of this build/],
  ['of another model', [card({ agent: { ...agent, model: 'm-2' } })], /of this build/],
  ['from before the level was lowered', [card({ at: 499 })], /since its level was lowered/],
  ['too few cases', [card({ cases: 49 })], /over 50 cases, the last one has 49/],
  ['too many wrong', [card({ wrong: 2 })], /at most 1 wrong proposals, the last one has 2/],
  ['a worse one after a good one', [card(), card({ wrong: 9, at: 2_000 })], /the last one has 9/],
])('a card that is %s', (_, cards, missing) => {
  const why = missingCard(rule, cards, agent, 500);
  if (missing) expect(why).toMatch(missing);
  else expect(why).toBeUndefined();
});

test('an installation that asks for none misses none', () => {
  expect(missingCard(undefined, [], agent, 0)).toBeUndefined();
  expect(missingCard(rule, [], agent, 0)).toMatch(/^a score card of this build: record one/);
});

test('a promotion says that the card is missing, beside what the record misses', () => {
  const best = { agreement: rateOf(100, 100), success: rateOf(0, 0) };
  const ceiling = { level: 3, reason: 'none' } as const;
  expect(promotionOf(1, ceiling, best)).toMatchObject({ kind: 'proposed' });
  expect(promotionOf(1, ceiling, best, 'a score card')).toEqual({
    kind: 'notYet',
    to: 2,
    missing: ['a score card'],
  });
});

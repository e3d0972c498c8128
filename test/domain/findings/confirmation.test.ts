import { expect, test } from 'vitest';
import { althoughLines, confirmationsOf, unconfirmed } from '../../../src/domain/findings/confirmation.ts';
import { type Finding, sorted, type Weight } from '../../../src/domain/findings/finding.ts';
import { aVote } from '../support.ts';

const finding = (weight: Weight, text: string): Finding => ({ kind: 'largeChange', weight, text });

const large = finding(3, 'count goes from 4 to 40, 10 times as much');
const old = finding(2, 'the newest evidence is 3 hours old');
const vague = finding(1, 'the evidence names no source');

test('whoever approves confirms each finding that is more than worth a look, in words', () => {
  expect(confirmationsOf([large, old, vague]).map(({ words }) => words)).toEqual([
    'Approve although count goes from 4 to 40, 10 times as much',
    'Approve although the newest evidence is 3 hours old',
  ]);
});

test('without findings nothing needs to be confirmed', () => {
  expect(unconfirmed(undefined, [])).toEqual([]);
  expect(unconfirmed([vague], [])).toEqual([]);
});

test('a confirmation counts for its own finding alone', () => {
  const [first, second] = confirmationsOf([large, old]);
  expect(unconfirmed([large, old], [first?.digest ?? ''])).toEqual([second]);
  expect(unconfirmed([large, old], [first?.digest ?? '', second?.digest ?? ''])).toEqual([]);
});

test('a finding that an edit changed must be confirmed anew', () => {
  const [before] = confirmationsOf([large]);
  const after = finding(3, 'count goes from 4 to 44, 11 times as much');
  expect(unconfirmed([after], [before?.digest ?? ''])).toEqual(confirmationsOf([after]));
});

test('a finding that was cut at its length can be confirmed too', () => {
  const long = finding(3, `${'a'.repeat(599)}\u{1F600}`);
  expect(confirmationsOf(sorted([long]))).toHaveLength(1);
});

test('an approval is told with each finding that it confirmed, and with no other', () => {
  const [first] = confirmationsOf([large, old]);
  const vote = aVote('grace', 'approve', { confirmed: [first?.digest ?? '', 'f'.repeat(64)] });
  expect(althoughLines(vote, [large, old, vague])).toEqual([
    'grace approved although count goes from 4 to 40, 10 times as much',
  ]);
  expect(althoughLines(aVote('grace'), [large])).toEqual([]);
  expect(althoughLines(vote, undefined)).toEqual([]);
});

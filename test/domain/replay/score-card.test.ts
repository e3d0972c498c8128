import { describe, expect, test } from 'vitest';
import type { AnswerClass, End, ReplayedCase } from '../../../src/domain/replay/compare.ts';
import { scoreCardOf, verdictOn } from '../../../src/domain/replay/score-card.ts';

const aCase = (answer: AnswerClass, end: End, changes: Partial<ReplayedCase> = {}): ReplayedCase => ({
  actionId: 'an.action',
  at: 0,
  agent: 'an',
  title: 'an action',
  class: answer,
  because: '',
  end,
  ended: '',
  ...changes,
});

const ERASED = { why: 'its context was erased' };
const verdict = (cases: readonly [AnswerClass, End][], unasked: readonly { why: string }[] = []) =>
  verdictOn(
    scoreCardOf(
      cases.map(([answer, end]) => aCase(answer, end)),
      unasked,
    ),
  );

test('a score card counts what was done by how it ended, the coverage first', () => {
  const cases = [
    aCase('same', 'well'),
    aCase('same', 'well'),
    aCase('nothing', 'wentWrong'),
    aCase('otherAction', 'denied', { today: { mode: 'denied', text: '' } }),
  ];
  const card = scoreCardOf(cases, [ERASED, { why: 'its agent handed in no context' }, ERASED]);
  expect(card.coverage).toEqual({
    situations: 7,
    asked: 4,
    notReplayable: [
      { why: 'its context was erased', count: 2 },
      { why: 'its agent handed in no context', count: 1 },
    ],
  });
  expect(card.counts.same).toEqual({ denied: 0, wentWrong: 0, well: 2, neither: 0 });
  expect(card.counts.nothing.wentWrong).toBe(1);
  expect(card.today).toEqual({ denied: 1 });
});

describe('a build is worse that', () => {
  test.each<[string, AnswerClass, End]>([
    ['repeats what people denied', 'same', 'denied'],
    ['repeats what was rolled back', 'same', 'wentWrong'],
    ['refrains from what ended well', 'nothing', 'well'],
    ['answers wrong where it should refrain', 'wrong', 'denied'],
    ['answers wrong', 'wrong', 'neither'],
  ])('%s', (_, answer, end) => {
    expect(
      verdict([
        ['same', 'well'],
        [answer, end],
      ]),
    ).toBe('worse');
    expect(verdict([[answer, end]], [ERASED])).toBe('worse');
  });
});

describe('INVARIANT 7: it is not known whether a build is worse that', () => {
  test.each<[string, readonly [AnswerClass, End][], readonly { why: string }[]]>([
    ['was asked nothing', [], []],
    ['could not be asked about something', [['same', 'well']], [ERASED]],
    ['proposes other parameters', [['otherParameters', 'well']], []],
    ['proposes another action than one that was denied', [['otherAction', 'denied']], []],
    ['refrains from what nobody answered', [['nothing', 'neither']], []],
  ])('%s', (_, cases, unasked) => {
    expect(verdict(cases, unasked)).toBe('notKnown');
  });
});

test('a build is not worse that repeats what ended well and refrains from what did not', () => {
  expect(
    verdict([
      ['same', 'well'],
      ['same', 'neither'],
      ['nothing', 'denied'],
      ['nothing', 'wentWrong'],
    ]),
  ).toBe('notWorse');
});

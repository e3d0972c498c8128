import { describe, expect, test } from 'vitest';
import { numberInAnswer, seriesInAnswer, timeText } from '../../../src/domain/analysis/series-in-answer.ts';

const asked = { query: 'errors', times: 'ms' } as const;
const none = (reason: unknown) => ({ kind: 'none', reason });

describe('one number in an answer', () => {
  const numberOf = (answer: unknown, value: string, time?: string) =>
    numberInAnswer(JSON.stringify(answer), { value, time }, asked);

  test.each([
    ['a number', { stats: { errors: 0.25 } }, 'answer.stats.errors', 0.25],
    ['a text that is a number', { errors: '0.25' }, 'answer.errors', 0.25],
    ['a text for what JSON has no number for', { errors: 'NaN' }, 'answer.errors', Number.NaN],
    ['what is reckoned from several', { bad: 1, all: 4 }, 'answer.bad / answer.all', 0.25],
    ['a size', { open: ['a', 'b'] }, 'size(answer.open)', 2],
    ['the member that the query names', { errors: 3, requests: 9 }, 'answer[query]', 3],
  ])('is %s', (_, answer, value, number) => {
    expect(numberOf(answer, value)).toEqual({ kind: 'value', value: number });
  });

  test('may have the time of its sample', () => {
    expect(numberOf({ at: 1_700, n: 1 }, 'answer.n', 'answer.at')).toEqual({
      kind: 'value',
      value: 1,
      sampledAt: 1_700,
    });
  });

  test.each([
    ['is missing', {}, 'answer.n', 'the number is not in the answer: No such key: n'],
    ['is no number', { n: 'many' }, 'answer.n', 'answer.n gives "many", which is not a number'],
    ['is null', { n: null }, 'answer.n', 'answer.n gives null, which is not a number'],
    ['is true', { n: true }, 'answer.n', 'answer.n gives true, which is not a number'],
    ['is empty', { n: '' }, 'answer.n', 'answer.n gives "", which is not a number'],
  ])('is none where it %s', (_, answer, value, reason) => {
    expect(numberOf(answer, value)).toEqual(none(reason));
  });

  test('is none without JSON, and with a time that is none', () => {
    expect(numberInAnswer('<html>', { value: 'answer' }, asked)).toEqual(none('the answer is not JSON'));
    expect(numberOf({ n: 1, at: 'noon' }, 'answer.n', 'answer.at')).toEqual(
      none('answer.at gives "noon", which is not a number of milliseconds since the epoch'),
    );
  });
});

describe('series in an answer', () => {
  const seriesOf = (answer: unknown, place: Parameters<typeof seriesInAnswer>[1], times = asked) =>
    seriesInAnswer(JSON.stringify(answer), place, times);

  test('can be one list of pairs', () => {
    expect(
      seriesOf(
        [
          [1, 2],
          [3, '4'],
        ],
        { points: 'series' },
      ),
    ).toEqual({
      kind: 'series',
      series: [
        {
          labels: {},
          points: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
    });
  });

  test('can be several, with labels and with points that are objects', () => {
    const answer = {
      data: [
        { tags: { code: 200, region: null }, points: [{ time: 1, value: 2 }] },
        { tags: { code: 500 }, points: [] },
      ],
    };
    const place = { list: 'answer.data', labels: 'series.tags', points: 'series.points' };
    expect(seriesOf(answer, place)).toEqual({
      kind: 'series',
      series: [
        { labels: { code: '200' }, points: [[1, 2]] },
        { labels: { code: '500' }, points: [] },
      ],
    });
  });

  test('can have members of any name', () => {
    const points = 'series.map(p, [p.ts, p.count])';
    expect(seriesOf([{ ts: 1, count: 2 }], { points })).toMatchObject({ series: [{ points: [[1, 2]] }] });
  });

  test('have no sample where a value is null, and NaN where a text says so', () => {
    const answer = [
      [1, null],
      [2, 'NaN'],
    ];
    expect(seriesOf(answer, { points: 'series' })).toMatchObject({ series: [{ points: [[2, Number.NaN]] }] });
  });

  test('may be none at all', () => {
    expect(seriesOf([], { list: 'answer', points: 'series' })).toEqual({ kind: 'series', series: [] });
  });

  test.each([
    ['a value is no number', [[1, 'x']], 'series has the point [1,"x"], whose value is not a number'],
    ['a value is missing', [[1]], 'series has the point [1], whose value is not a number'],
    [
      'a time is none',
      [['x', 1]],
      'series has the point ["x",1], whose time is not a number of milliseconds since the epoch',
    ],
    ['a point is none', [7], expect.stringMatching(/^series has the point 7, whose time/)],
    ['the points are no list', { a: 1 }, 'series gives {"a":1}, which is not a list of points'],
  ])('are none where %s', (_, answer, reason) => {
    expect(seriesOf(answer, { points: 'series' })).toEqual(none(reason));
  });

  test.each([
    [{ list: 'answer.x', points: 'series' }, 'the series are not in the answer: No such key: x'],
    [{ list: 'answer.n', points: 'series' }, 'answer.n gives 1, which is not a list'],
    [{ labels: 'series.n', points: 'series.points' }, 'series.n gives 1, which is not a mapping of labels'],
    [{ labels: 'series', points: 'series.points' }, expect.stringMatching(/where a label is not one text$/)],
  ])('are none where %o finds none', (place, reason) => {
    expect(seriesOf({ n: 1, points: [] }, place)).toEqual(none(reason));
  });

  test.each([
    ['ms', 1_700_000_000_500],
    ['s', 1_700_000_000.5],
    ['s', '1700000000.5'],
    ['iso', '2023-11-14T22:13:20.500Z'],
    ['iso', '2023-11-15T00:13:20.5+02:00'],
  ] as const)('have times in %s: %s', (times, time) => {
    const past = seriesInAnswer(JSON.stringify([[time, 1]]), { points: 'series' }, { query: '', times });
    expect(past).toMatchObject({ series: [{ points: [[1_700_000_000_500, 1]] }] });
  });

  test.each(['2023-11-14T22:13:20', '2023-11-14', 'yesterday'])('have no time that is %s', (time) => {
    const answer = JSON.stringify([[time, 1]]);
    expect(seriesInAnswer(answer, { points: 'series' }, { query: '', times: 'iso' })).toMatchObject({
      reason: expect.stringContaining('whose time is not a text such as 2026-01-31T12:00:00Z'),
    });
  });
});

test.each([
  ['ms', '1700000000500'],
  ['s', '1700000000.5'],
  ['iso', '2023-11-14T22:13:20.500Z'],
] as const)('a time is written in %s as %s', (times, text) => {
  expect(timeText(1_700_000_000_500, times)).toBe(text);
});

import { describe, expect, test } from 'vitest';
import { routeDurationOf } from '../../../src/domain/escalation/route-duration.ts';
import { branch, notDelivered, route, step, walked } from './route-support.ts';

describe('a step that tells whoever is on call in a schedule', () => {
  const sre = (waitMs: number) =>
    step(waitMs, {
      whom: 'sre',
      people: [],
      shifts: [
        { from: 0, until: 10, people: ['ada'] },
        { from: 10, until: 20, people: [] },
        { from: 20, until: 30, people: ['grace'] },
      ],
    });

  test('tells whoever it is when it falls due, and waits for them', () => {
    expect(walked(route(sre(20), sre(10), step(10)), { openedAt: 5 }).told).toEqual([
      [5, 'sre', 'ada'],
      [25, 'sre', 'grace'],
      [35, 'owners', 'ada'],
    ]);
  });

  test('goes on at once where nobody is on call: there is nobody to wait for', () => {
    expect(walked(route(sre(10), sre(10), step(10)), { openedAt: 5 })).toEqual({
      told: [
        [5, 'sre', 'ada'],
        [15, 'sre'],
        [15, 'owners', 'ada'],
      ],
      over: 35,
    });
  });

  test('is taken for not delivered where nobody is on call, and gone round at once', () => {
    const given = route(sre(10), branch(notDelivered, 2, 3), step(1, { whom: 'managers' }), step(1));
    expect(walked(given, { openedAt: 15, arrives: () => false }).told).toEqual([
      [15, 'sre'],
      [15, 'managers', 'ada'],
      [16, 'owners', 'ada'],
    ]);
  });

  test('is repeated without waiting where nobody is on call, and no more often than the route says', () => {
    const given = route(sre(10), { repeatFrom: 0, times: 2, next: 2 }, step(1));
    expect(walked(given, { openedAt: 12 }).told.map(([at, whom]) => [at, whom])).toEqual([
      [12, 'sre'],
      [12, 'sre'],
      [12, 'sre'],
      [12, 'owners'],
    ]);
  });
});

describe('a step that waits until business hours begin', () => {
  const hours = [
    { from: 100, until: 200 },
    { from: 500, until: 600 },
  ];
  const given = route(step(10), { waitMs: 400, until: hours }, step(10, { whom: 'team' }));

  test.each([
    ['before they begin: until then', 20, [20, 100]],
    ['when they begin: not at all', 90, [90, 100]],
    ['in them: not at all', 150, [150, 160]],
    ['when they end: until the next ones', 190, [190, 500]],
    ['where none is known any more: as long as it may take at the most', 600, [600, 1_010]],
  ])('waits, %s', (_, openedAt, expected) => {
    expect(walked(given, { openedAt }).told.map(([at]) => at)).toEqual(expected);
  });

  test('is counted with the longest that it may take', () => {
    expect(routeDurationOf(given)).toBe(420);
    expect(walked(given, { openedAt: 150 }).over).toBe(570);
  });
});

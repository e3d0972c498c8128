import { describe, expect, test } from 'vitest';
import { routeDurationOf } from '../../../src/domain/escalation/route-duration.ts';
import type { RouteTemplate } from '../../../src/domain/escalation/route-template.ts';
import { pinRoute } from '../../../src/domain/ruling/resolve-route.ts';
import { testInstallation } from '../../support/installation.ts';
import { anAction } from '../support.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Wednesday. */
const NOW = Date.UTC(2026, 2, 11, 20);
const calm = { performance: 0, security: 0, dataAccess: 0, serviceDisruption: 0 } as const;

const { rules } = testInstallation().installation;
const { installation } = testInstallation({
  rules: {
    ...rules,
    businessHours: { timeZone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60 },
    schedules: {
      sre: {
        timeZone: 'UTC',
        rotation: { people: ['linus', 'margaret'], startsOn: Date.UTC(2026, 2, 9, 9), everyMs: 7 * DAY },
        overrides: [{ from: NOW + HOUR, until: NOW + 2 * HOUR }],
      },
    },
  },
});
const pinned = (steps: RouteTemplate['steps'], severity = {}) =>
  pinRoute(
    installation,
    anAction({ target: 'checkout' }),
    { steps, onSilence: 'deny' },
    {
      severity: { ...calm, ...severity },
      at: NOW,
      reach: (people) => people,
    },
  ).steps;

test('people are pinned by name', () => {
  expect(pinned([{ notify: 'owners', by: 'mail', waitMs: 5 }])).toEqual([
    { by: 'mail', waitMs: 5, whom: 'checkout-team', people: ['ada', 'grace'] },
  ]);
  expect(pinned([{ notify: 'user:linus', by: 'slack', waitMs: 5 }])).toMatchObject([
    { by: 'slack', whom: 'linus', people: ['linus'] },
  ]);
});

test('who is paged besides on-call is pinned as it is written, for its own key', () => {
  expect(pinned([{ notify: 'on-call', by: 'page', waitMs: 5 }])[0]).not.toHaveProperty('to');
  expect(pinned([{ notify: 'group:checkout-team', by: 'page', waitMs: 5 }])).toMatchObject([
    { to: 'group:checkout-team' },
  ]);
});

test('a schedule is pinned as the times of its people, for the route and a week more', () => {
  const [step] = pinned([{ notify: 'schedule:sre', by: 'page', waitMs: HOUR }]);
  expect(step).toMatchObject({
    whom: 'sre',
    shifts: [
      { from: NOW, until: NOW + HOUR, people: ['linus'] },
      { from: NOW + HOUR, until: NOW + 2 * HOUR, people: [] },
      { from: NOW + 2 * HOUR, until: Date.UTC(2026, 2, 16, 9), people: ['linus'] },
      { from: Date.UTC(2026, 2, 16, 9), until: NOW + HOUR + 7 * DAY, people: ['margaret'] },
    ],
  });
});

test('business hours are pinned as times, by the clocks of their place', () => {
  const [step] = pinned([{ when: 'businessHours', next: 1, else: 1 }]);
  // Berlin is an hour ahead: nine there is eight.
  expect(step).toMatchObject({
    when: {
      kind: 'during',
      times: expect.arrayContaining([
        { from: Date.UTC(2026, 2, 12, 8), until: Date.UTC(2026, 2, 12, 16) },
        { from: Date.UTC(2026, 2, 16, 8), until: Date.UTC(2026, 2, 16, 16) },
      ]),
    },
  });
});

test('a wait until business hours is pinned as their times', () => {
  const [step] = pinned([{ waitMs: 66 * HOUR, until: 'businessHours' }]);
  expect(step).toMatchObject({
    waitMs: 66 * HOUR,
    until: expect.arrayContaining([{ from: Date.UTC(2026, 2, 12, 8), until: Date.UTC(2026, 2, 12, 16) }]),
  });
});

test('when nobody is on call is pinned as times', () => {
  expect(pinned([{ when: { nobodyOnCall: 'sre' }, next: 1, else: 1 }])).toMatchObject([
    { when: { kind: 'during', times: [{ from: NOW + HOUR, until: NOW + 2 * HOUR }] } },
  ]);
});

describe('severity is known', () => {
  const steps: RouteTemplate['steps'] = [
    { when: { category: 'security', atLeast: 3 }, next: 1, else: 2 },
    { notify: 'owners', by: 'mail', waitMs: 100, next: 3 },
    { notify: 'owners', by: 'mail', waitMs: 10 },
  ];

  test.each([
    [2, false, 10],
    [3, true, 100],
    [4, true, 100],
  ])('of %i it takes its way, and is only as long', (security, holds, longest) => {
    const route = pinned(steps, { security });
    expect(route[0]).toMatchObject({ when: { kind: 'known', holds } });
    expect(routeDurationOf({ steps: route })).toBe(longest);
  });
});

test('nobody is on call in a schedule that is no longer there', () => {
  expect(pinned([{ notify: 'schedule:gone', by: 'page', waitMs: 5 }])).toMatchObject([
    { people: [], shifts: [{ people: [] }] },
  ]);
});

import { describe, expect, test } from 'vitest';
import { type AdmitInput, createAdmit } from '../../src/activities/admit.ts';
import type { Asking } from '../../src/domain/admission.ts';
import type { Calendar } from '../../src/domain/calendar.ts';
import { anAction } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { defaultAuthorize, impactOf, ruleOn } from '../support/policies.ts';

const { rules } = testInstallation().installation;
const NOW = Date.UTC(2026, 2, 2, 12);
const HOUR = 3_600_000;
const APPROVED = { kind: 'approved', by: ['edsger'] } as const;

/** Admits a tier-1 action that was ruled on before the calendar changed; leases let everything pass. */
async function admit(
  calendar: Partial<Calendar>,
  changes: Partial<AdmitInput> = {},
  now = NOW,
  others: Partial<typeof rules> = {},
) {
  const written = { ...rules, ...others, calendar: { ...rules.calendar, ...calendar } };
  const { installation } = testInstallation({ rules: written });
  const action = anAction();
  const ruling = ruleOn(installation, action);
  const asked: Asking[] = [];
  const step = createAdmit({
    installation,
    authorize: defaultAuthorize,
    ledger: { append: async () => {}, entriesOf: async () => [] },
    sources: {},
    pastActions: { similarTo: async () => [] },
    now: () => now,
    leases: {
      acquire: async (asking) => {
        asked.push(asking);
        return { kind: 'acquired', fencingToken: 1 };
      },
      release: async () => {},
      holders: async () => [],
    },
  });
  const { pins, digest, tier } = ruling;
  const impact = impactOf(installation, action);
  const input = { action, impact, runId: 'run', pins, digest, tier, votes: [], at: NOW, ...changes };
  return { answer: await step.admit(input), asked };
}

const freeze = (from: number, until: number) => ({ freezes: [{ name: 'year end', from, until }] });

describe('a freeze', () => {
  test.each([
    ['before the first instant of it', NOW + 1, NOW + HOUR, 'admitted'],
    ['in its first instant', NOW, NOW + HOUR, 'drifted'],
    ['in its last instant', NOW - HOUR, NOW + 1, 'drifted'],
    ['once it is over', NOW - HOUR, NOW, 'admitted'],
  ])('leaves to people what would run by itself: asked %s it is %s', async (_, from, until, kind) => {
    expect((await admit(freeze(from, until))).answer.kind).toBe(kind);
  });

  test('that began while the database was away stops what was asked for before it', async () => {
    const began = freeze(NOW + 1, NOW + HOUR);
    expect((await admit(began, {}, NOW)).answer).toMatchObject({ kind: 'admitted' });
    expect((await admit(began, {}, NOW + 1)).answer).toMatchObject({
      kind: 'drifted',
      reasons: ['it was tier 1 and is tier 3 now', 'the freeze "year end" has begun'],
    });
  });

  test.each([-2, 2])(
    'stops what is asked for in it, however wrong the clock of the worker: %i h',
    async (hours) => {
      const { answer } = await admit(freeze(NOW, NOW + HOUR), {}, NOW + hours * HOUR);
      expect(answer.kind).toBe('drifted');
    },
  );
});

describe('limits', () => {
  const limits = [{ kind: 'rate', per: ['agent'], atMost: 1, withinMs: HOUR }] as const;

  test('are counted by the time of the workflow, which no clock of a worker moves', async () => {
    const { asked } = await admit({}, {}, NOW + HOUR, { limits });
    expect(asked).toMatchObject([{ at: NOW, limits }]);
  });

  test.each<[string, Partial<AdmitInput>, number]>([
    ['nobody was asked', {}, 1],
    ['nobody decided', { settlement: { kind: 'proceed' } }, 1],
    ['people approved', { settlement: APPROVED }, 0],
  ])('are on what runs by itself: where %s', async (_, changes, count) => {
    const { asked } = await admit({}, changes, NOW, { limits });
    expect(asked.map((asking) => asking.limits.length)).toEqual([count]);
  });

  test('of neighbours are on what people approved too', async () => {
    const { asked } = await admit({}, { settlement: APPROVED }, NOW, { neighbourhoodAtOnce: 1 });
    expect(asked[0]?.neighbourhood).toMatchObject({ atOnce: 1 });
  });
});

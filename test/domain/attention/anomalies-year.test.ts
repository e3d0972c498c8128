import { describe, expect, test } from 'vitest';
import { attentionSchema } from '../../../src/config/rules/attention.ts';
import {
  type AnomalyRule,
  type AnomalyRules,
  longestWithin,
  type RuledBefore,
} from '../../../src/domain/attention/anomaly-rules.ts';
import type { PersonDecided } from '../../../src/domain/attention/request-facts.ts';
import { alarmsIn } from '../../support/alarms.ts';
import { normalYear, YEAR_BEGINS } from '../../support/normal-year.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The thresholds that an installation has which writes none, and one score that its policies compare with. */
const rules: AnomalyRules =
  attentionSchema.parse({ anomalies: { nearThreshold: { risks: [60] } } })?.anomalies ?? {};

const YEARS = [1, 2, 3].map((seed) => normalYear(seed));

test('normal work of 16 people and 6 agents raises no more than one alarm a year', () => {
  const alarms = YEARS.flatMap((year) => alarmsIn(year, rules));
  expect(YEARS.flat().length).toBeGreaterThan(20_000);
  expect(alarms.map(({ rule, reason }) => `${rule}: ${reason}`).slice(YEARS.length)).toEqual([]);
});

/** In the second half of a normal year. */
const ATTACKED = YEAR_BEGINS + 250 * DAY + 10 * HOUR;

const asked = (
  n: number,
  at: number,
  decision: Partial<PersonDecided> = {},
  changes: Partial<RuledBefore> = {},
): RuledBefore => ({
  actionId: `attack.${n}`,
  agent: 'cart-scaler',
  actionType: 'instances.scale',
  target: 'cart',
  risk: 30,
  ruledAt: at,
  entitled: 8,
  sizeChange: 0.2,
  decisions: [{ person: 'cart-2', verdict: 'approve', at: at + 5 * MINUTE, ...decision }],
  ...changes,
});
const times = (count: number, one: (n: number) => RuledBefore) =>
  Array.from({ length: count }, (_, n) => one(n));

const ATTACKS: Readonly<Record<AnomalyRule, readonly RuledBefore[]>> = {
  // A script approves what comes, a second later.
  tooFast: times(3, (n) => asked(n, ATTACKED + n * HOUR, { at: ATTACKED + n * HOUR + SECOND })),
  // Somebody has stopped deciding, and takes the time that reading would take.
  alwaysYes: times(220, (n) =>
    asked(n, ATTACKED + n * 5 * HOUR, {
      person: 'cart-9',
      at: ATTACKED + n * 5 * HOUR + (3 + (n % 20)) * MINUTE,
    }),
  ),
  // An account is used while its owner sleeps.
  oddHours: times(24, (n) => {
    const at = ATTACKED + 14 * HOUR + Math.floor(n / 6) * DAY + (n % 6) * 17 * MINUTE;
    return asked(n, at, { person: 'catalog-4', at: at + 3 * MINUTE });
  }),
  // Two that know each other: the agent's requests are answered by the same person before anybody else sees them.
  repeatedPair: times(60, (n) =>
    asked(n, ATTACKED + n * 6 * HOUR, { at: ATTACKED + n * 6 * HOUR + MINUTE }, { agent: 'new-agent' }),
  ),
  // Just below the step, again and again.
  nearThreshold: times(30, (n) => asked(n, ATTACKED + n * HOUR, {}, { sizeChange: 0.49 })),
  // Everything that lay there, at once.
  burst: times(20, (n) => asked(n, ATTACKED, { at: ATTACKED + 6 * MINUTE + n * 10 * SECOND })),
  breakGlass: times(3, (n) => asked(n, ATTACKED + n * DAY, { verdict: 'breakGlass' })),
};

describe('in the middle of normal work', () => {
  test.each(Object.entries(ATTACKS))('%s is found', (rule, attack) => {
    const [year = []] = YEARS;
    const from = ATTACKED - longestWithin(rules);
    const until = Math.max(...attack.map(({ ruledAt }) => ruledAt)) + DAY;
    const work = [...year.filter(({ ruledAt }) => ruledAt > from && ruledAt < until), ...attack];
    const found = alarmsIn(
      work.toSorted((a, b) => a.ruledAt - b.ruledAt),
      rules,
    ).filter(
      (alarm) => alarm.rule === rule && alarm.evidence.some(({ actionId }) => actionId.startsWith('attack.')),
    );
    expect(found.length).toBeGreaterThan(0);
  });
});

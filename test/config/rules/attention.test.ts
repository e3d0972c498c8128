import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { type Edit, edited, testBroken } from '../broken.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const file = 'countersign.yaml';
const SCORES = '    nearThreshold: { risks: [60] }';

async function rulesWith(...edits: readonly Edit[]) {
  const loaded = await loadInstallation(await edited(...edits), STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded.installation;
}

test('what the example writes is read, with the defaults of what it does not', async () => {
  const { rules } = await rulesWith();
  expect(rules.attention).toEqual({
    repeatAfterDenialMs: 24 * HOUR,
    openPerAgent: 30,
    asksPerPerson: { atMost: 25, withinMs: 24 * HOUR },
    anomalies: {
      alwaysYes: { approvals: 200, withinMs: 2_160 * HOUR },
      oddHours: { from: 22 * 60, until: 6 * 60, times: 20, share: 0.5, withinMs: 168 * HOUR },
      repeatedPair: { approvals: 25, share: 0.9, withinMs: 720 * HOUR },
      nearThreshold: { risks: [60], points: 3, margin: 0.1, times: 8, share: 0.75, withinMs: 168 * HOUR },
      breakGlass: { times: 3, withinMs: 168 * HOUR },
    },
  });
  expect(rules.review).toMatchObject({
    withinMs: 24 * HOUR,
    sample: { above: 50, withinMs: 24 * HOUR, share: 0.2 },
    escalate: { afterMs: 4 * HOUR, by: 'mail' },
  });
});

test('the rules that the example leaves out have defaults too', async () => {
  const { rules } = await rulesWith({ file, replace: '    without: [tooFast, burst]', by: '' });
  expect(rules.attention?.anomalies).toMatchObject({
    tooFast: { fasterThanMs: 5_000, times: 3, withinMs: 24 * HOUR },
    burst: { approvals: 15, withinMs: 10 * MINUTE },
  });
});

test('a person may have a time zone', async () => {
  const { people } = await rulesWith({
    file: 'catalog/people.yaml',
    replace: '  annotations:\n',
    by: '  annotations:\n    countersign.dev/time-zone: Europe/Berlin\n',
  });
  expect(Object.values(people).flatMap(({ timeZone }) => timeZone ?? [])).toEqual(['Europe/Berlin']);
});

const broken = (rule: string, replace: string, by: string, problem: string) => ({
  rule,
  file,
  replace,
  by,
  problem,
});
const OPEN = '  openPerAgent: 30';

describe('bounds that cannot be meant', () => {
  testBroken([
    broken('a place at least', OPEN, '  openPerAgent: 0', 'attention.openPerAgent: must be at least 1'),
    broken('a whole number', OPEN, '  openPerAgent: 1.5', 'attention.openPerAgent: must be a whole number'),
    broken(
      'a duration',
      '  repeatAfterDenial: 24h',
      '  repeatAfterDenial: 24',
      'attention.repeatAfterDenial: must be a duration, such as 90s, 5m, 24h or 1h30m',
    ),
    broken(
      'a time for a number',
      '  asksPerPerson: { atMost: 25, within: 24h }',
      '  asksPerPerson: { atMost: 25 }',
      'attention.asksPerPerson.within: must be a duration, such as 90s, 5m, 24h or 1h30m',
    ),
    broken(
      'a rule that is known',
      SCORES,
      '    nearTreshold: { risks: [60] }',
      'attention.anomalies.nearTreshold: unknown key; did you mean "nearThreshold"?',
    ),
    broken(
      'a threshold that is known',
      SCORES,
      '    nearThreshold: { riks: [60] }',
      'attention.anomalies.nearThreshold.riks: unknown key; did you mean "risks"?',
    ),
    broken(
      'a share of at most all',
      SCORES,
      '    nearThreshold: { share: 1.1 }',
      'attention.anomalies.nearThreshold.share: must be at most 1',
    ),
    broken(
      'hours as times of day',
      SCORES,
      '    oddHours: { from: "25:00" }',
      'attention.anomalies.oddHours.from: must be a time in quotes, such as "09:00", up to "24:00"',
    ),
    broken(
      'left out by name',
      '    without: [tooFast, burst]',
      '    without: [tooSlow]',
      'attention.anomalies.without.0: must be one of tooFast, alwaysYes, oddHours, repeatedPair, nearThreshold, burst, breakGlass',
    ),
    broken(
      'a share of reviews',
      '  sample: { above: 50, within: 24h, share: 0.2 }',
      '  sample: { above: 50, within: 24h, share: 0 }',
      'review.sample.share: must be more than 0',
    ),
    broken(
      'a way to tell on-call',
      '  escalate: { after: 4h, by: mail }',
      '  escalate: { after: 4h, by: pigeon }',
      'review.escalate.by: must be one of mail, page',
    ),
  ]);
});

import { z } from 'zod';
import type { ReviewEscalation } from '../../domain/approval/review-rules.ts';
import type { AnomalyRules } from '../../domain/attention/anomaly-rules.ts';
import type { Attention } from '../../domain/attention/request-limits.ts';
import { timeOfDay } from '../calendars/calendar.ts';
import { duration, key, strict } from '../source/schema.ts';

const count = z.int().min(1).max(10_000);
const share = z.number().positive().max(1);
const withinKey = (usualTime: string) =>
  key(duration().prefault(usualTime), 'The time that is looked at.', usualTime);

/** The rules with their default thresholds. */
const rulesShape = {
  tooFast: key(
    strict({
      fasterThan: key(withinKey('5s'), 'An approval that comes sooner after the question is too fast.', '5s'),
      times: key(count.default(3), 'So many of them by one person are found.', '3'),
      within: withinKey('24h'),
    }).prefault({}),
    'Finds approvals that come sooner than anybody can read.',
  ),
  alwaysYes: key(
    strict({
      approvals: key(count.default(200), 'So many approvals in a row are found.', '200'),
      within: withinKey('2160h'),
    }).prefault({}),
    'Finds a person who approves everything.',
  ),
  oddHours: key(
    strict({
      from: key(timeOfDay.prefault('22:00'), 'The night begins.', '"22:00"'),
      until: key(timeOfDay.prefault('06:00'), 'The night is over.', '"06:00"'),
      times: key(
        count.default(20),
        'So many approvals at night are found, if they are also this share.',
        '20',
      ),
      share: key(share.default(0.5), 'Their share of all approvals of the person.', '0.5'),
      within: withinKey('168h'),
    }).prefault({}),
    'Finds a person who approves at night.',
  ),
  repeatedPair: key(
    strict({
      approvals: key(count.default(25), 'So many approvals are found, if they are also this share.', '25'),
      share: key(share.default(0.9), 'Their share of all approvals that the agent gets.', '0.9'),
      within: withinKey('720h'),
    }).prefault({}),
    'Finds one person who gives nearly all approvals that an agent gets.',
  ),
  nearThreshold: key(
    strict({
      risks: key(
        z.array(z.int().min(1).max(100)).default([]),
        'The scores of risk that your policies compare with.',
        '[60]',
      ),
      points: key(count.default(3), 'So many points below such a score are just below it.', '3'),
      margin: key(share.default(0.1), 'This part of a step of size is just below it.', '0.1'),
      times: key(
        count.default(8),
        'So many proposals just below are found, if they are also this share.',
        '8',
      ),
      share: key(share.default(0.75), 'Their share of all proposals of the agent and action type.', '0.75'),
      within: withinKey('168h'),
    }).prefault({}),
    'Finds proposals that stay just below what would need more attention.',
  ),
  burst: key(
    strict({
      approvals: key(count.default(15), 'So many approvals of one person are found.', '15'),
      within: withinKey('10m'),
    }).prefault({}),
    'Finds many approvals in a short time.',
  ),
  breakGlass: key(
    strict({
      times: key(count.default(3), 'So many times by one person are found.', '3'),
      within: withinKey('168h'),
    }).prefault({}),
    'Finds a person who breaks the glass again and again.',
  ),
};

type Named = keyof typeof rulesShape;
const NAMES = Object.keys(rulesShape) as [Named, ...Named[]];

const anomalies = strict({
  ...rulesShape,
  without: key(z.array(z.enum(NAMES)).default([]), 'Rules that are left out.', '[burst]'),
}).transform(({ without, ...rules }): AnomalyRules => {
  const { fasterThan, ...tooFast } = rules.tooFast;
  const unlessLeftOut = <Rule>(name: Named, rule: Rule) => (without.includes(name) ? undefined : rule);
  return {
    tooFast: unlessLeftOut('tooFast', { ...timed(tooFast), fasterThanMs: fasterThan }),
    alwaysYes: unlessLeftOut('alwaysYes', timed(rules.alwaysYes)),
    oddHours: unlessLeftOut('oddHours', timed(rules.oddHours)),
    repeatedPair: unlessLeftOut('repeatedPair', timed(rules.repeatedPair)),
    nearThreshold: unlessLeftOut('nearThreshold', timed(rules.nearThreshold)),
    burst: unlessLeftOut('burst', timed(rules.burst)),
    breakGlass: unlessLeftOut('breakGlass', timed(rules.breakGlass)),
  };
});

function timed<Rule extends { readonly within: number }>({ within, ...rule }: Rule) {
  return { ...rule, withinMs: within };
}

/** The member `attention` of countersign.yaml. */
export const attentionSchema = strict({
  repeatAfterDenial: key(
    duration().optional(),
    'For so long an agent does not ask again for what a person denied it. Without it, it may.',
    '24h',
  ),
  openPerAgent: key(
    count.optional(),
    'So many requests of one agent may be open. Without it there is no bound.',
    '20',
  ),
  asksPerPerson: key(
    strict({
      atMost: key(count, 'So many requests.', '25'),
      within: key(duration(), 'In this time.', '24h'),
    }).optional(),
    'Whoever was asked so often is told after the others. Without it everybody is told at once.',
  ),
  anomalies: key(
    anomalies.optional(),
    'What is out of the ordinary puts what the agent runs by itself on hold. `{}` looks for all of it, with the defaults; without it nothing is looked for.',
  ),
})
  .transform(
    ({ repeatAfterDenial, asksPerPerson, ...rest }): Attention => ({
      ...rest,
      repeatAfterDenialMs: repeatAfterDenial,
      asksPerPerson: asksPerPerson && timed(asksPerPerson),
    }),
  )
  .optional();

/** The members of `review` besides `within` and `approval`. */
export const reviewShape = {
  sample: key(
    strict({
      above: key(count, 'Up to so many actions of one agent and action type are all reviewed.', '50'),
      within: key(duration(), 'They are counted in this time.', '24h'),
      share: key(share, 'Of those beyond, this share is reviewed.', '0.2'),
    })
      .transform(timed)
      .optional(),
    'Reviews a sample of what happens often. Without it everything is reviewed.',
  ),
  escalate: key(
    strict({
      after: key(duration(), 'So long after the review was due.', '4h'),
      by: key(z.enum(['mail', 'page']).default('mail'), 'How on-call is told.', 'mail'),
    })
      .transform(({ after, by }): ReviewEscalation => ({ afterMs: after, by }))
      .optional(),
    'Tells on-call of a review that nobody made. Without it, it ends as overdue.',
  ),
};

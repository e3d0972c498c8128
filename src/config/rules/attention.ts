import { z } from 'zod';
import type { ReviewEscalation } from '../../domain/approval/review-rules.ts';
import type { AnomalyRules } from '../../domain/attention/anomaly-rules.ts';
import type { Attention } from '../../domain/attention/request-limits.ts';
import { timeOfDay } from '../calendars/calendar.ts';
import { duration, strict } from '../source/schema.ts';

const count = z.int().min(1).max(10_000);
const share = z.number().positive().max(1);
const within = (usual: string) => duration().prefault(usual);

/** The rules with the thresholds that they have where nothing is written. */
const rulesShape = {
  tooFast: strict({ fasterThan: within('5s'), times: count.default(3), within: within('24h') }).prefault({}),
  alwaysYes: strict({ approvals: count.default(200), within: within('2160h') }).prefault({}),
  oddHours: strict({
    from: timeOfDay.prefault('22:00'),
    until: timeOfDay.prefault('06:00'),
    times: count.default(20),
    share: share.default(0.5),
    within: within('168h'),
  }).prefault({}),
  repeatedPair: strict({
    approvals: count.default(25),
    share: share.default(0.9),
    within: within('720h'),
  }).prefault({}),
  nearThreshold: strict({
    risks: z.array(z.int().min(1).max(100)).default([]),
    points: count.default(3),
    margin: share.default(0.1),
    times: count.default(8),
    share: share.default(0.75),
    within: within('168h'),
  }).prefault({}),
  burst: strict({ approvals: count.default(15), within: within('10m') }).prefault({}),
  breakGlass: strict({ times: count.default(3), within: within('168h') }).prefault({}),
};

type Named = keyof typeof rulesShape;
const NAMES = Object.keys(rulesShape) as [Named, ...Named[]];

const anomalies = strict({ ...rulesShape, without: z.array(z.enum(NAMES)).default([]) }).transform(
  ({ without, ...rules }): AnomalyRules => {
    const { fasterThan, ...tooFast } = rules.tooFast;
    const kept = <Rule>(name: Named, rule: Rule) => (without.includes(name) ? undefined : rule);
    return {
      tooFast: kept('tooFast', { ...timed(tooFast), fasterThanMs: fasterThan }),
      alwaysYes: kept('alwaysYes', timed(rules.alwaysYes)),
      oddHours: kept('oddHours', timed(rules.oddHours)),
      repeatedPair: kept('repeatedPair', timed(rules.repeatedPair)),
      nearThreshold: kept('nearThreshold', timed(rules.nearThreshold)),
      burst: kept('burst', timed(rules.burst)),
      breakGlass: kept('breakGlass', timed(rules.breakGlass)),
    };
  },
);

function timed<Rule extends { readonly within: number }>({ within, ...rule }: Rule) {
  return { ...rule, withinMs: within };
}

/** The member `attention` of countersign.yaml. */
export const attentionSchema = strict({
  repeatAfterDenial: duration().optional(),
  openPerAgent: count.optional(),
  asksPerPerson: strict({ atMost: count, within: duration() }).optional(),
  anomalies: anomalies.optional(),
})
  .transform(
    ({ repeatAfterDenial, asksPerPerson, ...rest }): Attention => ({
      ...rest,
      repeatAfterDenialMs: repeatAfterDenial,
      asksPerPerson: asksPerPerson && timed(asksPerPerson),
    }),
  )
  .optional();

/** What `review` may say besides when it is due, and who makes it. */
export const reviewShape = {
  sample: strict({ above: count, within: duration(), share }).transform(timed).optional(),
  escalate: strict({ after: duration(), by: z.enum(['mail', 'page']).default('mail') })
    .transform(({ after, by }): ReviewEscalation => ({ afterMs: after, by }))
    .optional(),
};

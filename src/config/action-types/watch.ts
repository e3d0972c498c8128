import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import { type AbortOn, readMatcher } from '../../domain/analysis/alerts.ts';
// A condition is checked by the code that evaluates it.
import { conditionFault } from '../../domain/analysis/condition.ts';
import type { MetricSpec, Watch } from '../../domain/analysis/metrics.ts';
import { sparserUntil } from '../../domain/analysis/schedule.ts';
import { celText, duration, either, key, refuseValue, strict } from '../source/schema.ts';
import { compareSchema, comparisonOf } from './compare.ts';

const condition = celText(
  conditionFault,
  'condition over result and baseline, such as "result <= 0.02"',
).meta({ title: 'CEL condition', section: 'conditions' });

/** The most checks of a watch. Each check is an activity and a timer in the history of an action. */
const MOST_CHECKS = 1_000;

/** A limit; -1: any number. */
const limit = z.number().int().min(-1);

const metric = strict({
  name: key(identifier, 'What people call it.', 'error-ratio'),
  source: key(z.string(), 'Names one of `metricSources`.', 'storefront'),
  query: key(
    z.string().min(1).optional(),
    'What is asked there. It gives one number, for the conditions.',
    `'storefront_error_ratio{service="\${target}"}'`,
  ),
  initialDelay: key(
    duration({ zero: true }).prefault('0s'),
    'How long after the action it is measured first.',
    '30s',
  ),
  interval: key(duration(), 'How long until it is measured again.', '10s'),
  count: key(
    z.number().int().min(1).optional(),
    'How often it is measured. It stands in place of `for`.',
    '6',
  ),
  for: key(
    duration().optional(),
    'How long it is measured, in place of `count`: once an interval at first, and then less and less often. What lies between is read too.',
    '30m',
  ),
  successCondition: key(
    condition.optional(),
    'It is healthy while this holds. One of the two conditions, or `compare`, is needed.',
    'result <= baseline + 0.02',
  ),
  failureCondition: key(
    condition.optional(),
    'It has failed once this holds. With both, neither is inconclusive.',
    'result > baseline + 0.05',
  ),
  failureLimit: key(
    limit.optional(),
    'So many measurements may fail; -1 is any number. 0 unless it is written, and -1 with `consecutiveFailureLimit`.',
    '1',
  ),
  consecutiveFailureLimit: key(
    z.number().int().min(1).optional(),
    'It has failed once so many measurements failed one after the other.',
    '3',
  ),
  inconclusiveLimit: key(
    limit.default(0),
    'So many measurements may be inconclusive; -1 is any number.',
    '1',
  ),
  consecutiveErrorLimit: key(
    z.number().int().min(0).default(4),
    'So many measurements, one after the other, may give nothing.',
    '2',
  ),
  consecutiveSuccessLimit: key(
    z.number().int().min(1).optional(),
    'So many successful measurements, one after the other, are needed, and are enough.',
    '3',
  ),
  dryRun: key(z.boolean().optional(), 'Whether it is measured and shown, and decides nothing.', 'true'),
  compare: key(
    compareSchema.optional(),
    'Compares the time after the action with a baseline. The conditions stay as absolute bounds.',
  ),
  critical: key(
    z.boolean().optional(),
    'With `scores`: whether this comparison alone can fail the watch.',
    'true',
  ),
  weight: key(z.number().positive().optional(), 'With `scores`: how much this comparison weighs.', '2'),
})
  .superRefine(({ successCondition, failureCondition, compare, query, count, for: length }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    const hasCondition = (successCondition ?? failureCondition) !== undefined;
    if (!hasCondition && compare === undefined)
      refuse('needs a successCondition, a failureCondition or both, or compare');
    if (hasCondition && query === undefined) refuse('needs a query: a condition is about what it gives');
    if (
      query !== undefined &&
      !hasCondition &&
      compare &&
      (compare.counts ?? compare.ratio ?? compare.latency)
    )
      refuse('has a query that nothing uses: add a condition, or leave the query out');
    if ((count === undefined) === (length === undefined)) refuse('needs exactly one of count, for');
  })
  .transform(({ initialDelay, interval, count, for: lengthMs, compare, ...rest }, context): MetricSpec => {
    const { query, consecutiveFailureLimit, failureLimit } = rest;
    return {
      ...rest,
      initialDelayMs: initialDelay,
      intervalMs: interval,
      count: count ?? sparserUntil(lengthMs ?? interval, interval).length,
      lengthMs,
      failureLimit: failureLimit ?? (consecutiveFailureLimit === undefined ? 0 : -1),
      compare: compare && comparisonOf(compare, query, context),
    };
  });

/** Per cent of the comparisons, by weight. */
const scores = strict({
  pass: key(z.number().min(1).max(100), 'From so many per cent of the comparisons on, it is healthy.', '95'),
  marginal: key(
    z.number().min(0).max(100),
    'Below so many per cent it has regressed. Between the two it is inconclusive.',
    '75',
  ),
}).refine(({ pass, marginal }) => marginal <= pass, 'needs a marginal that is not above pass');

const matcher = z.string().transform((text, context) => {
  const read = readMatcher(text);
  return typeof read === 'string' ? refuseValue(context, read) : read;
});

/** What ends a watch: a word, or `alert` with matchers. */
const abortOn = either(
  (value) => typeof value === 'object' && value !== null,
  strict({
    alert: key(
      z.array(matcher).min(1),
      'Matchers of Alertmanager. An alert must meet all of them.',
      `['severity="critical"', 'team=~"shop|web"']`,
    ),
  }).transform(({ alert }): AbortOn => ({ kind: 'alert', matchers: alert })),
  z
    .enum(['alert', 'freeze', 'hold'])
    .transform((kind): AbortOn => (kind === 'alert' ? { kind, matchers: [] } : { kind })),
);

/** The watch of an action type. Its members have the names and meanings of Argo Rollouts' AnalysisTemplate. */
export const watchSchema = strict({
  metrics: key(
    z
      .array(metric)
      .min(1)
      .superRefine((metrics, context) => {
        const counts = metrics.map(({ count }) => count);
        const checks = counts.reduce((sum, count) => sum + count, 0);
        if (checks > MOST_CHECKS) {
          context.addIssue({
            code: 'custom',
            path: [counts.indexOf(Math.max(...counts)), 'count'],
            message: `makes ${checks} checks in all, and a watch makes at most ${MOST_CHECKS}: write ${countsThatPass(counts)}, and a longer interval to watch as long`,
          });
        }
        for (const [i, { name }] of metrics.entries()) {
          if (metrics.findIndex((otherMetric) => otherMetric.name === name) === i) continue;
          context.addIssue({
            code: 'custom',
            path: [i, 'name'],
            message: 'names a second metric: give it another name',
          });
        }
        if (metrics.every(({ dryRun }) => dryRun === true)) {
          context.addIssue({
            code: 'custom',
            message: 'are all dryRun, and nothing would decide: let one of them decide',
          });
        }
      }),
    `The numbers that are measured. All together they are measured ${MOST_CHECKS} times at most.`,
  ),
  extendTo: key(
    duration().optional(),
    'How long the watch may last, from its begin, while its comparisons cannot tell.',
    '1h',
  ),
  decideWithin: key(
    duration().prefault('30m'),
    'How long people are asked whether to keep the effect where the watch cannot tell. Silence takes it back.',
    '30m',
  ),
  abortOn: key(
    z.array(abortOn).min(1).optional(),
    'What ends the watch when it comes while the action is watched. The effect is then taken back.',
    `[{ alert: ['severity="critical"'] }, freeze, hold]`,
  ),
  scores: key(
    scores.optional(),
    'Judges the comparisons together. Absent: each one that is worse fails the watch.',
    '{ pass: 95, marginal: 75 }',
  ),
}).transform(({ metrics, extendTo, decideWithin, scores: limits, abortOn }, context): Watch => {
  const single = metrics.findIndex(({ critical, weight }) => (critical ?? weight) !== undefined);
  if (!limits && single !== -1) {
    context.addIssue({
      code: 'custom',
      path: ['metrics', single],
      message: 'has critical or weight, which count with scores alone: write scores, or leave them out',
    });
  }
  return { metrics, extendToMs: extendTo, decideWithinMs: decideWithin, scores: limits, abortOn };
});

/** Says what would be accepted instead of the largest count. */
function countsThatPass(counts: readonly number[]): string {
  const largest = Math.max(...counts);
  const room = MOST_CHECKS - (counts.reduce((sum, count) => sum + count, 0) - largest);
  return room > 0 ? `at most ${room} here` : 'smaller counts';
}

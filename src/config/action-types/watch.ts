import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
// A condition is checked by the code that evaluates it.
import { conditionFault } from '../../domain/analysis/condition.ts';
import type { MetricSpec } from '../../domain/analysis/metrics.ts';
import { celText, duration, key, strict } from '../source/schema.ts';

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
    z.string().min(1),
    'What is asked there. It gives one number.',
    `'storefront_error_ratio{service="\${target}"}'`,
  ),
  initialDelay: key(
    duration({ zero: true }).prefault('0s'),
    'How long after the action it is measured first.',
    '30s',
  ),
  interval: key(duration(), 'How long until it is measured again.', '10s'),
  count: key(z.number().int().min(1), 'How often it is measured.', '6'),
  successCondition: key(
    condition.optional(),
    'It is healthy while this holds. One of the two conditions is needed.',
    'result <= baseline + 0.02',
  ),
  failureCondition: key(
    condition.optional(),
    'It has failed once this holds. With both, neither is inconclusive.',
    'result > baseline + 0.05',
  ),
  failureLimit: key(limit.default(0), 'So many measurements may fail; -1 is any number.', '1'),
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
})
  .refine(({ successCondition, failureCondition }) => successCondition ?? failureCondition, {
    message: 'needs a successCondition, a failureCondition or both',
  })
  .transform(
    ({ initialDelay, interval, ...rest }): MetricSpec => ({
      ...rest,
      initialDelayMs: initialDelay,
      intervalMs: interval,
    }),
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
      }),
    `The numbers that are measured. All together they are measured ${MOST_CHECKS} times at most.`,
  ),
});

/** Says what would be accepted instead of the largest count. */
function countsThatPass(counts: readonly number[]): string {
  const largest = Math.max(...counts);
  const room = MOST_CHECKS - (counts.reduce((sum, count) => sum + count, 0) - largest);
  return room > 0 ? `at most ${room} here` : 'smaller counts';
}

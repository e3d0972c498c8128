import { z } from 'zod';
import { jsonIn } from '../domain/shared/json.ts';

const dimension = z.strictObject({ Name: z.string().min(1), Value: z.string().min(1) });

const metricStat = z.strictObject({
  Metric: z.strictObject({
    Namespace: z.string().min(1),
    MetricName: z.string().min(1),
    Dimensions: z.array(dimension).max(30).optional(),
  }),
  Stat: z.string().min(1),
});

const dataQuery = z
  .strictObject({
    Id: z.string().regex(/^[a-z]\w*$/, 'must begin with a small letter'),
    Expression: z.string().min(1).optional(),
    MetricStat: metricStat.optional(),
    Label: z.string().optional(),
    ReturnData: z.boolean().optional(),
  })
  .refine(
    ({ Expression, MetricStat }) => (Expression === undefined) !== (MetricStat === undefined),
    'needs exactly one of Expression, MetricStat',
  );

const QUERY = z.union([metricStat, z.array(dataQuery).min(1).max(500)]);

/** A query as GetMetricData takes it, without its period. */
export type DataQuery = z.infer<typeof dataQuery>;

/**
 * Reads a query: a MetricStat or a list of MetricDataQueries as JSON, as AWS names their members and without `Period`, or otherwise an
 * expression. A returned string says what is wrong.
 */
export function dataQueriesIn(query: string): readonly DataQuery[] | string {
  if (!/^\s*[[{]/.test(query)) return [{ Id: 'q', Expression: query }];
  const json = jsonIn(query);
  if (json === undefined) return 'begins as JSON does, and is none';
  const isList = Array.isArray(json);
  const parsed = (isList ? QUERY.options[1] : QUERY.options[0]).safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const form = isList ? 'a list of MetricDataQueries' : 'a MetricStat';
    return `is not ${form} without Period: ${[...(issue?.path ?? []), ''].join('.')} ${issue?.message}`;
  }
  return Array.isArray(parsed.data) ? parsed.data : [{ Id: 'q', MetricStat: parsed.data }];
}

/** The periods below a minute. All others are whole minutes. */
const SHORT = [1, 5, 10, 20, 30];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Returns the longest period that CloudWatch has for a step, in seconds. What is older is kept for longer periods only. */
export function periodFor(stepMs: number, from: number, now: number): number {
  const seconds = stepMs / 1_000;
  const fitting =
    seconds < 60 ? (SHORT.findLast((period) => period <= seconds) ?? 1) : Math.floor(seconds / 60) * 60;
  const age = now - from;
  const least = age > 63 * DAY_MS ? 3_600 : age > 15 * DAY_MS ? 300 : age > 3 * HOUR_MS ? 60 : 1;
  return least > fitting ? least : least > 60 ? Math.floor(fitting / least) * least : fitting;
}

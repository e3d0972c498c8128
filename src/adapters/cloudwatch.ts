import type { CloudWatchClient, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { MetricSource } from '../activities/ports/metric-source.ts';
import type { Reading } from '../domain/analysis/condition.ts';
import type { Past, Series, Stretch } from '../domain/analysis/series.ts';
import { answerLine } from './answer-text.ts';
import { dataQueriesIn, periodFor } from './cloudwatch-query.ts';
import { sampledSource } from './sampled-source.ts';

export interface CloudWatchOptions {
  readonly region: string;
  /** An address in place of the region's own. */
  readonly endpoint?: string | undefined;
  /** How often samples are taken. */
  readonly intervalMs: number;
  /** How long one query may take, with all of its pages. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
  /** Loads AWS's own client. */
  readonly load?: () => Promise<typeof import('@aws-sdk/client-cloudwatch')>;
}

/** An answer of more pages than this is refused: a page has up to 500 series. */
const MOST_PAGES = 20;

/**
 * Reads metrics of CloudWatch (GetMetricData), with AWS's own client. It is loaded with the first query, and is no part of an installation
 * without such a source. Who asks is what AWS's client finds: variables of the environment, a role, or a profile.
 *
 * CloudWatch dates a value by the begin of its period. Here it has the time of its end, and one whose period is not over yet is left out.
 */
export function createCloudWatch({
  region,
  endpoint,
  intervalMs,
  timeoutMs = 5_000,
  now = Date.now,
  load = () => import('@aws-sdk/client-cloudwatch'),
}: CloudWatchOptions): MetricSource {
  let loaded: Promise<{ sdk: Awaited<ReturnType<typeof load>>; client: CloudWatchClient }> | undefined;
  const clientOf = async () => {
    const sdk = await load();
    const client = new sdk.CloudWatchClient({
      region,
      maxAttempts: 2,
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    return { sdk, client };
  };

  async function samplesOf(query: string, { from, until, stepMs }: Stretch): Promise<Past> {
    const queries = dataQueriesIn(query);
    if (typeof queries === 'string') return none(`the query ${queries}`);
    loaded ??= clientOf();
    const { sdk, client } = await loaded;
    const period = periodFor(stepMs, from, now());
    const asked = {
      MetricDataQueries: queries.map(({ MetricStat, Expression, ...named }) => ({
        ...named,
        ...(MetricStat ? { MetricStat: { ...MetricStat, Period: period } } : { Expression, Period: period }),
      })),
      StartTime: new Date(Math.floor(from / 1_000 / period) * period * 1_000),
      EndTime: new Date(until),
      ScanBy: 'TimestampAscending' as const,
    };
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const results: MetricDataResult[] = [];
    let page: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const answer = await client.send(
        new sdk.GetMetricDataCommand({ ...asked, ...(page === undefined ? {} : { NextToken: page }) }),
        { abortSignal },
      );
      results.push(...(answer.MetricDataResults ?? []));
      page = answer.NextToken;
      if (page === undefined) return pastOf(results, period, now());
    }
    return none(`the answer has more than ${MOST_PAGES} pages: choose fewer series in the query`);
  }

  return sampledSource(
    (query, stretch) =>
      samplesOf(query, stretch).catch((error: unknown) => {
        // What could not be loaded or signed may be there at the next query.
        loaded = undefined;
        return none(whyFailed(error, timeoutMs));
      }),
    intervalMs,
    now,
  );
}

/** The series of all pages together. One that is not whole makes the answer none: the missing part may be what went wrong. */
function pastOf(results: readonly MetricDataResult[], period: number, now: number): Past {
  const byName = new Map<string, { labels: Series['labels']; points: [number, number][] }>();
  const states = new Map<string, MetricDataResult>();
  for (const result of results) {
    const { Id = '', Label = '', Timestamps = [], Values = [] } = result;
    const name = JSON.stringify([Id, Label]);
    const series = byName.get(name) ?? { labels: { id: Id, label: Label }, points: [] };
    byName.set(name, series);
    states.set(name, result);
    for (const [i, begin] of Timestamps.entries()) {
      const end = begin.getTime() + period * 1_000;
      const value = Values[i];
      if (value !== undefined && end <= now) series.points.push([end, value]);
    }
  }
  // A later page completes what was only a part before.
  const broken = [...states.values()].find(({ StatusCode }) => StatusCode !== 'Complete');
  if (!broken) return { kind: 'series', series: [...byName.values()] };
  const messages = (broken.Messages ?? []).map(({ Code, Value }) => `${Code}: ${Value}`);
  const reason = [`${broken.Label ?? broken.Id} is ${broken.StatusCode ?? 'of no status'}`, ...messages];
  return none(reason.join('; '));
}

function whyFailed(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND')
    return "AWS's client is not installed: run npm install @aws-sdk/client-cloudwatch where countersign is installed";
  if (name === 'AbortError' || name === 'TimeoutError') return `no complete answer within ${timeoutMs} ms`;
  return `${name}: ${message || code}`;
}

const none = (reason: string): Extract<Reading, { kind: 'none' }> => ({
  kind: 'none',
  reason: answerLine(reason),
});

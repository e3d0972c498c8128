import { z } from 'zod';
import type { MetricSource } from '../activities/ports/metric-source.ts';
import type { Secret } from '../config/index.ts';
import { type Reading, staleAfter } from '../domain/analysis/condition.ts';
import type { Past, Series, Stretch } from '../domain/analysis/series.ts';
import { jsonIn } from '../domain/shared/json.ts';
import { answerLine, statusLine } from './answer-text.ts';
import { whyOffTime } from './clock-skew.ts';
import { createCredentials } from './credentials.ts';
import { type HttpAnswer, request } from './request.ts';
import { sampledSource } from './sampled-source.ts';

export interface DatadogOptions {
  /** The API of a site, for example `https://api.datadoghq.eu`. */
  readonly url: string;
  readonly apiKey: Secret;
  readonly applicationKey: Secret;
  /** How often samples are taken. */
  readonly intervalMs: number;
  /** How long one query may take. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

const MAX_BYTES = 8 * 1024 * 1024;

const answerSchema = z.object({
  status: z.string(),
  error: z.string().optional(),
  series: z
    .array(
      z.object({
        tag_set: z.array(z.string()).default([]),
        /** The seconds that each point covers. */
        interval: z.number().default(0),
        pointlist: z.array(z.tuple([z.number(), z.number().nullable()])),
      }),
    )
    .default([]),
});

const refusalSchema = z.object({ errors: z.array(z.string()).min(1) });

/**
 * Reads Datadog's metrics (`GET /api/v1/query`). Datadog dates a point by the begin of the time that it covers. Here it has the time of its
 * end, and one that is not over yet is left out: it is still only a part.
 *
 * @throws TypeError when `url` is not an address
 */
export function createDatadog({
  url,
  apiKey,
  applicationKey,
  intervalMs,
  timeoutMs = 5_000,
  now = Date.now,
}: DatadogOptions): MetricSource {
  const staleAfterMs = staleAfter(intervalMs);
  const endpoint = new URL(`${url.replace(/\/+$/, '')}/api/v1/query`);
  const prove = createCredentials({
    headers: { 'DD-API-KEY': apiKey, 'DD-APPLICATION-KEY': applicationKey },
  });
  const httpRequest = {
    method: 'GET',
    headers: { accept: 'application/json' },
    timeoutMs,
    maxBytes: MAX_BYTES,
  } as const;

  async function samplesOf(query: string, { from, until }: Stretch): Promise<Past> {
    const address = new URL(endpoint);
    address.search = new URLSearchParams({
      from: String(Math.floor(from / 1_000)),
      to: String(Math.ceil(until / 1_000)),
      query,
    }).toString();
    const answer = await request(address, prove, httpRequest);
    if (answer.kind === 'none') return none(answer.reason);
    const found = seriesOf(answer, now());
    const reason = typeof found === 'string' ? found : whyOffTime(answer.header('date'), now(), staleAfterMs);
    return typeof found === 'string' || reason !== undefined
      ? none(answer.hide(reason ?? ''))
      : { kind: 'series', series: found };
  }

  return sampledSource(samplesOf, intervalMs, now);
}

/** The series of an answer. A returned string says why there are none. */
function seriesOf(answer: Extract<HttpAnswer, { kind: 'answer' }>, now: number): Series[] | string {
  const { status, text, complete } = answer;
  if (!complete)
    return `the answer is larger than ${MAX_BYTES} bytes: choose fewer series by their tags, or sum them in the query`;
  const json = jsonIn(text);
  if (status !== 200) return whyRefused(answer, refusalSchema.safeParse(json).data?.errors ?? []);
  const parsed = answerSchema.safeParse(json).data;
  if (!parsed) return 'the answer is not one of the API v1 of Datadog';
  if (parsed.status !== 'ok') return `${parsed.status}: ${parsed.error ?? 'it gives no reason'}`;
  return parsed.series.map(({ tag_set, interval, pointlist }) => ({
    labels: Object.fromEntries(tag_set.map(tagOf)),
    points: pointlist.flatMap(([begin, value]): [number, number][] => {
      const end = begin + interval * 1_000;
      return value === null || end > now ? [] : [[end, value]];
    }),
  }));
}

function whyRefused(
  { status, header }: Extract<HttpAnswer, { kind: 'answer' }>,
  errors: readonly string[],
): string {
  const reset = header('x-ratelimit-reset');
  return [
    `it answered ${statusLine(status)}`,
    ...errors,
    ...(status === 429 && /^\d+$/.test(reset) ? [`its limit of queries is renewed in ${reset} s`] : []),
  ].join(': ');
}

/** A tag may have no value. */
function tagOf(tag: string): [string, string] {
  const [name = '', ...value] = tag.split(':');
  return [name, value.join(':')];
}

const none = (reason: string): Extract<Reading, { kind: 'none' }> => ({
  kind: 'none',
  reason: answerLine(reason),
});

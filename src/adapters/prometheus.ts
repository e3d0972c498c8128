import { z } from 'zod';
import { type Reading, STALE_AFTER_MS } from '../activities/condition.ts';
import type { MetricSource } from '../activities/measure.ts';
import { jsonIn } from '../domain/json.ts';
import { oneLine, statusLine } from './answer.ts';
import { fetchText } from './fetch-text.ts';
import { sampleValue } from './sample-value.ts';

export interface PrometheusOptions {
  /** Where `/api/v1` is found, such as `http://prometheus:9090`. */
  readonly url: string;
  /** How long one query may take. */
  readonly timeoutMs?: number;
}

/** Time in seconds since the epoch, value as text. */
const point = z.tuple([z.number(), z.string()]);

const answerSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: point })) }),
      z.object({ resultType: z.literal('scalar'), result: point }),
      z.object({ resultType: z.enum(['matrix', 'string']) }),
    ]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

/**
 * Reads a PromQL instant query (Prometheus HTTP API v1). A vector of one series or a scalar is a value; anything else is
 * none, with the reason.
 *
 * Prometheus dates a value by when it was asked, not by when it was sampled. So it is asked to look back no further than
 * a sample may be old: `lookback_delta`, known since 2.44 and ignored before.
 *
 * @throws TypeError when `url` is not an address
 */
export function createPrometheus({ url, timeoutMs = 5_000 }: PrometheusOptions): MetricSource {
  const endpoint = new URL(`${url.replace(/\/+$/, '')}/api/v1/query`);
  return {
    read: async (query) => {
      const asked = new URL(endpoint);
      asked.search = new URLSearchParams({ query, lookback_delta: `${STALE_AFTER_MS / 1_000}s` }).toString();
      const fetched = await fetchText(asked, 'application/json', timeoutMs);
      return fetched.kind === 'none' ? fetched : readingOf(fetched.status, fetched.text);
    },
  };
}

function readingOf(status: number, text: string): Reading {
  const answer = answerSchema.safeParse(jsonIn(text)).data;
  if (answer?.status === 'error') return none(`${answer.errorType}: ${answer.error}`);
  if (status !== 200) return none(`it answered ${statusLine(status)}`);
  if (!answer) return none('the answer is not one of the Prometheus HTTP API');
  const { data } = answer;
  switch (data.resultType) {
    case 'scalar':
      return readingAt(data.result);
    case 'vector': {
      const [only, ...others] = data.result;
      if (!only) return none('the query gave no series');
      if (others.length > 0)
        return none(`the query gave ${data.result.length} series, a condition needs one`);
      return readingAt(only.value);
    }
    default:
      return none(`the query gave a ${data.resultType}, a condition needs an instant vector or a scalar`);
  }
}

function readingAt([seconds, text]: z.infer<typeof point>): Reading {
  const value = sampleValue(text);
  if (value === undefined) return none(`the value ${JSON.stringify(text)} is not a number`);
  return { kind: 'value', value, sampledAt: Math.round(seconds * 1_000) };
}

const none = (reason: string): Reading => ({ kind: 'none', reason: oneLine(reason) });

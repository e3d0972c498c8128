import { z } from 'zod';
import type { MetricSource } from '../activities/ports/metric-source.ts';
import type { Auth } from '../config/index.ts';
import { type LabelledSample, type Reading, type Samples, staleAfter } from '../domain/analysis/condition.ts';
import { sampleValue } from '../domain/analysis/sample-value.ts';
import type { Past, Series, Stretch } from '../domain/analysis/series.ts';
import { jsonIn } from '../domain/shared/json.ts';
import { answerLine, statusLine } from './answer-text.ts';
import { whyOffTime } from './clock-skew.ts';
import { createCredentials, secretsInAddress } from './credentials.ts';
import { type HttpAnswer, request } from './request.ts';

export interface PrometheusOptions {
  /** The address under which `/api/v1` is found, for example `http://prometheus:9090`. */
  readonly url: string;
  readonly auth?: Auth | undefined;
  /** The path of the certificates (PEM) that prove who the server is. */
  readonly ca?: string | undefined;
  /** Whose metrics are read, where one server holds those of several: the header `X-Scope-OrgID`. */
  readonly tenant?: string | undefined;
  /** How often the server scrapes. */
  readonly intervalMs?: number;
  /** How long one query may take. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

const MAX_BYTES = 8 * 1024 * 1024;

/** One value of a series: the time in seconds since the epoch, and the value as text. */
const point = z.tuple([z.number(), z.string()]);

const answerSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({ metric: z.record(z.string(), z.string()).default({}), value: point })),
      }),
      z.object({ resultType: z.literal('scalar'), result: point }),
      z.object({
        resultType: z.literal('matrix'),
        result: z.array(
          z.object({ metric: z.record(z.string(), z.string()).default({}), values: z.array(point) }),
        ),
      }),
      z.object({ resultType: z.literal('string') }),
    ]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

/** The members by which Prometheus and compatible servers say that an answer is only a part. */
const partSchema = z.object({
  warnings: z.unknown().optional(),
  isPartial: z.unknown().optional(),
  data: z.object({ warnings: z.unknown().optional() }),
});

/**
 * Reads PromQL, instant and over a stretch of time (Prometheus HTTP API v1, which Thanos, Mimir, Cortex and VictoriaMetrics have too). A
 * vector of one series or a scalar is a value. Anything else is `none`, with the reason. An answer with warnings, or a partial one, is `none`
 * too: the missing part may be what went wrong.
 *
 * These servers date a value by the time of the query, not of the sample. So they are asked to look back no further than the
 * greatest age of a sample: `lookback_delta` (Prometheus since 2.44, Thanos), `max_lookback` (VictoriaMetrics). `nocache` keeps
 * VictoriaMetrics from answering as of half a minute ago. `partial_response` (Thanos) and `deny_partial_response` (VictoriaMetrics) ask for
 * an error, which has a reason, in place of a partial answer. Each server ignores the parameters that it does not know.
 *
 * @throws TypeError when `url` is not an address
 */
export function createPrometheus({
  url,
  auth,
  ca,
  tenant,
  intervalMs = 60_000,
  timeoutMs = 5_000,
  now = Date.now,
}: PrometheusOptions): MetricSource {
  const staleAfterMs = staleAfter(intervalMs);
  const lookback = `${Math.ceil(staleAfterMs / 1_000)}s`;
  const endpoint = new URL(`${url.replace(/\/+$/, '')}/api/v1/`);
  const prove = createCredentials(auth, secretsInAddress(new URL(url)));
  const httpRequest = {
    method: 'GET',
    headers: { accept: 'application/json', ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }) },
    timeoutMs,
    maxBytes: MAX_BYTES,
    ca,
  } as const;

  /** Asks the query. `find` returns what an answer holds, or as a string why that is not there. */
  async function ask<Found>(
    query: string,
    find: (data: Data) => Found | string,
    stretch?: Stretch,
  ): Promise<Found | None> {
    const address = new URL(stretch ? 'query_range' : 'query', endpoint);
    address.search = new URLSearchParams({
      query,
      ...(stretch ? stretchOf(stretch) : {}),
      lookback_delta: lookback,
      max_lookback: lookback,
      nocache: '1',
      partial_response: 'false',
      deny_partial_response: '1',
    }).toString();
    const answer = await request(address, prove, httpRequest);
    if (answer.kind === 'none') return none(answer.reason);
    const data = dataOf(answer);
    const found =
      typeof data === 'string'
        ? data
        : (whyOffTime(answer.header('date'), now(), staleAfterMs) ?? find(data));
    return typeof found === 'string' ? none(answer.hide(found)) : found;
  }

  return {
    read: (query) =>
      ask<Value>(query, (data) => {
        const reading = readingOf(data);
        return typeof reading === 'string' ? reading : { ...reading, staleAfterMs };
      }),
    readEach: (query) =>
      ask<Samples>(query, (data) => {
        const samples = samplesOf(data);
        if (typeof samples === 'string') return samples;
        return { kind: 'samples', samples: samples.map((sample) => ({ ...sample, staleAfterMs })) };
      }),
    readPast: (query, stretch) => ask<Past>(query, pastOf, stretch),
  };
}

/** The parameters of a query over a stretch of time. Times in seconds. */
const stretchOf = ({ from, until, stepMs }: Stretch) => ({
  start: String(from / 1_000),
  end: String(until / 1_000),
  step: String(stepMs / 1_000),
});

type Value = Extract<Reading, { kind: 'value' }>;
type None = Extract<Reading, { kind: 'none' }>;
type Data = Extract<z.infer<typeof answerSchema>, { status: 'success' }>['data'];

/** The data of an answer. A returned string says why there is none. */
function dataOf({ status, text, complete }: Extract<HttpAnswer, { kind: 'answer' }>): Data | string {
  if (!complete)
    return `the answer is larger than ${MAX_BYTES} bytes: choose fewer series by their labels, or sum them in the query`;
  const json = jsonIn(text);
  const answer = answerSchema.safeParse(json).data;
  if (answer?.status === 'error') return `${answer.errorType}: ${answer.error}`;
  if (status !== 200) return `it answered ${statusLine(status)}`;
  if (!answer) return 'the answer is not one of the Prometheus HTTP API';
  const partial = whyPartial(json);
  if (partial !== undefined) return `the answer may be a part of the whole: ${partial}`;
  return answer.data;
}

/** The value of an answer. A returned string says why there is none. */
function readingOf(data: Data): Value | string {
  switch (data.resultType) {
    case 'scalar':
      return readingAt(data.result);
    case 'vector': {
      const [series, ...moreSeries] = data.result;
      if (!series) return 'the query gave no series';
      if (moreSeries.length > 0) return `the query gave ${data.result.length} series, a condition needs one`;
      return readingAt(series.value);
    }
    default:
      return `the query gave a ${data.resultType}, a condition needs an instant vector or a scalar`;
  }
}

/** The series of an answer. A returned string says why there are none to read. */
function pastOf(data: Data): Past | string {
  if (data.resultType !== 'matrix') return `the query gave a ${data.resultType}, a series needs a matrix`;
  const series = data.result.map(
    ({ metric, values }): Series => ({
      labels: metric,
      points: values.flatMap(([seconds, text]): [number, number][] => {
        const value = sampleValue(text);
        return value === undefined ? [] : [[Math.round(seconds * 1_000), value]];
      }),
    }),
  );
  return { kind: 'series', series };
}

/** All samples of an answer. A returned string says why there are none to read. */
function samplesOf(data: Data): LabelledSample[] | string {
  if (data.resultType !== 'vector')
    return `the query gave a ${data.resultType}, a list needs an instant vector`;
  const samples: LabelledSample[] = [];
  for (const { metric, value } of data.result) {
    const reading = readingAt(value);
    if (typeof reading === 'string') return reading;
    const { kind: _, ...sample } = reading;
    samples.push({ ...sample, labels: metric });
  }
  return samples;
}

/** Why an answer is partial; undefined when it is complete. Remarks on the query (`infos`) do not make it partial: all data is there. */
function whyPartial(json: unknown): string | undefined {
  const { warnings, isPartial, data } = partSchema.parse(json);
  const allWarnings = [warnings, data.warnings]
    .flat()
    .filter((warning) => warning !== undefined && warning !== null);
  if (allWarnings.length > 0) {
    return allWarnings
      .map((warning) => (typeof warning === 'string' ? warning : JSON.stringify(warning)))
      .join('; ');
  }
  const isWhole = isPartial === undefined || isPartial === null || isPartial === false;
  return isWhole ? undefined : `isPartial is ${JSON.stringify(isPartial)}`;
}

function readingAt([seconds, text]: z.infer<typeof point>): Value | string {
  const value = sampleValue(text);
  if (value === undefined) return `the value ${JSON.stringify(text)} is not a number`;
  return { kind: 'value', value, sampledAt: Math.round(seconds * 1_000) };
}

const none = (reason: string): None => ({ kind: 'none', reason: answerLine(reason) });

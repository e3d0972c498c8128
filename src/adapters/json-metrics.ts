import type { MetricSource } from '../activities/ports/metric-source.ts';
import type { JsonSource } from '../config/index.ts';
import { fillText } from '../domain/action/template.ts';
import { type Reading, staleAfter } from '../domain/analysis/condition.ts';
import type { Past, Series, Stretch } from '../domain/analysis/series.ts';
import { numberInAnswer, seriesInAnswer, timeText } from '../domain/analysis/series-in-answer.ts';
import { answerLine, statusLine } from './answer-text.ts';
import { whyOffTime } from './clock-skew.ts';
import { createCredentials, secretsInAddress } from './credentials.ts';
import { mayBeSecret } from './hide.ts';
import { request } from './request.ts';
import { sampledSource } from './sampled-source.ts';

const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Reads metrics from a system that answers in JSON, now and over a stretch of time. What is sent is percent-encoded. Its samples may have
 * times of their own, in any order: they are put at the steps that are asked for. An answer that does not have what was configured is `none`,
 * with the reason.
 *
 * @param timeoutMs how long one request may take
 */
export function createJsonMetrics(
  { auth, ca, intervalMs, times, now: numberNow, series: overTime }: JsonSource,
  { timeoutMs = 5_000, now = Date.now }: { readonly timeoutMs?: number; readonly now?: () => number } = {},
): MetricSource {
  const staleAfterMs = staleAfter(intervalMs);
  const prove = createCredentials(auth, [numberNow, overTime].flatMap(fixedSecretsIn));
  const httpRequest = {
    method: 'GET',
    headers: { accept: 'application/json' },
    timeoutMs,
    maxBytes: MAX_BYTES,
    ca,
  } as const;

  /** Asks an address. `find` returns what its answer holds. */
  async function ask<Found extends { readonly kind: string }>(
    url: string,
    values: Readonly<Record<string, string>>,
    find: (text: string) => Found | None,
  ): Promise<Found | None> {
    const address = new URL(fillText(url, values, encodeURIComponent));
    const answer = await request(address, prove, httpRequest);
    if (answer.kind === 'none') return none(answer.reason);
    const { status, text, complete, header, hide } = answer;
    if (status !== 200) return none(`it answered ${statusLine(status)}`);
    if (!complete)
      return none(`the answer is larger than ${MAX_BYTES} bytes: let it hold fewer series or points`);
    const offTime = whyOffTime(header('date'), now(), staleAfterMs);
    if (offTime !== undefined) return none(offTime);
    const found = find(text);
    return isNone(found) ? none(hide(found.reason)) : found;
  }

  /** Reads the samples of a stretch, at times of their own. */
  async function samplesOf(place: Place, query: string, stretch: Stretch): Promise<Past> {
    const values = {
      query,
      from: timeText(stretch.from, times),
      until: timeText(stretch.until, times),
      step: String(times === 'ms' ? stretch.stepMs : stretch.stepMs / 1_000),
    };
    const past = await ask<Past>(place.url, values, (text) => seriesInAnswer(text, place, { query, times }));
    if (past.kind === 'none') return past;
    const elsewhere = whyElsewhere(past.series, stretch);
    return elsewhere === undefined ? past : none(elsewhere);
  }

  const sampled =
    overTime && sampledSource((query, stretch) => samplesOf(overTime, query, stretch), intervalMs, now);
  const read = async (query: string): Promise<Reading> => {
    if (!numberNow) return sampled?.read(query) ?? none('the source has neither now nor series');
    const reading = await ask<Reading>(numberNow.url, { query }, (text) =>
      numberInAnswer(text, numberNow, { query, times }),
    );
    return reading.kind === 'value' && reading.sampledAt !== undefined
      ? { ...reading, staleAfterMs }
      : reading;
  };
  return { ...sampled, read };
}

type Place = NonNullable<JsonSource['series']>;
type None = Extract<Reading, { kind: 'none' }>;

const isNone = (found: { readonly kind: string }): found is None => found.kind === 'none';

/** What stands in an address between its placeholders, and may be a secret. */
const fixedSecretsIn = (place: { readonly url: string } | undefined): string[] =>
  (place ? secretsInAddress(new URL(place.url)) : [])
    .flatMap((part) => part.split(/\$(?:\{|%7B)[a-z]+(?:\}|%7D)/))
    .filter(mayBeSecret);

/** Why samples cannot be those that were asked for: none is near the stretch. Undefined where one is, and where there are none. */
function whyElsewhere(series: readonly Series[], { from, until }: Stretch): string | undefined {
  const times = series.flatMap(({ points }) => points.map(([at]) => at));
  if (times.length === 0 || times.some((at) => at >= from && at <= until)) return undefined;
  const least = times.reduce((one, other) => Math.min(one, other));
  return `it was asked for ${dateText(from)} to ${dateText(until)}, and its samples begin at ${dateText(least)}: look at the unit of its times`;
}

const dateText = (ms: number) => (Math.abs(ms) > 8.64e15 ? `${ms} ms` : new Date(ms).toISOString());

const none = (reason: string): None => ({ kind: 'none', reason: answerLine(reason) });

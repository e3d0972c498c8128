import type { Reading } from '../activities/condition.ts';
import type { MetricSource } from '../activities/measure.ts';
import { oneLine, statusLine } from './answer.ts';
import { type Format, parseSelector, samplesOf } from './exposition.ts';
import { fetchText } from './fetch-text.ts';

export { parseSelector } from './exposition.ts';

export interface OpenMetricsOptions {
  /** Where the metrics are exposed, such as `http://shop:8080/metrics`. */
  readonly url: string;
  /** How long one scrape may take. */
  readonly timeoutMs?: number;
}

const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

/**
 * Scrapes a service itself, in OpenMetrics text 1.0 or the Prometheus text format 0.0.4, and reads the one sample that
 * `name{label="value",...}` names. Labels that are not named may have any value. No sample, several, or any malformed line
 * is none, with the reason.
 *
 * @throws TypeError when `url` is not an address
 */
export function createOpenMetrics({ url, timeoutMs = 5_000 }: OpenMetricsOptions): MetricSource {
  const endpoint = new URL(url);
  return {
    read: async (query) => {
      const selector = parseSelector(query);
      if (typeof selector === 'string') return none(selector);
      const fetched = await fetchText(endpoint, ACCEPT, timeoutMs);
      if (fetched.kind === 'none') return fetched;
      const { status, contentType, text } = fetched;
      if (status !== 200) return none(`it answered ${statusLine(status)}`);
      const format = formatOf(contentType);
      if (!format)
        return none(`it answered in ${contentType || 'no content type'}, which is not a text of metrics`);
      const samples = samplesOf(text, format, selector);
      if (typeof samples === 'string') return none(samples);
      const [only, ...others] = samples;
      if (!only) return none(`no sample is ${query}`);
      if (others.length > 0) return none(`${samples.length} samples are ${query}, a condition needs one`);
      return { kind: 'value', ...only };
    },
  };
}

function formatOf(contentType: string): Format | undefined {
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/openmetrics-text') return 'openmetrics';
  return mediaType === 'text/plain' ? 'prometheus' : undefined;
}

const none = (reason: string): Reading => ({ kind: 'none', reason: oneLine(reason) });

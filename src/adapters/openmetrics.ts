import type { MetricSource } from '../activities/ports/metric-source.ts';
import type { Auth } from '../config/index.ts';
import { type Reading, type Samples, staleAfter } from '../domain/analysis/condition.ts';
import { answerLine, statusLine } from './answer-text.ts';
import { createCredentials, secretsInAddress } from './credentials.ts';
import { type Format, parseSelector, type Sample, type Selector, samplesOf } from './exposition.ts';
import { type HttpAnswer, request } from './request.ts';

export { parseSelector } from './exposition.ts';

export interface OpenMetricsOptions {
  /** The address of the exposed metrics, for example `http://shop:8080/metrics`. */
  readonly url: string;
  readonly auth?: Auth | undefined;
  /** The path of the certificates (PEM) that prove who answers. */
  readonly ca?: string | undefined;
  /** How often the service takes samples that have a time. */
  readonly intervalMs?: number;
  /** How long one scrape may take. */
  readonly timeoutMs?: number;
}

const MAX_BYTES = 8 * 1024 * 1024;
const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

/**
 * Scrapes a service directly, in OpenMetrics text 1.0 or the Prometheus text format 0.0.4, and reads the one sample that
 * `name{label="value",...}` names. Labels that are not named may have any value. Without a sample, with several, or with any
 * malformed line the reading is `none`, with the reason.
 *
 * @throws TypeError when `url` is not an address
 */
export function createOpenMetrics({
  url,
  auth,
  ca,
  intervalMs = 60_000,
  timeoutMs = 5_000,
}: OpenMetricsOptions): MetricSource {
  const staleAfterMs = staleAfter(intervalMs);
  const endpoint = new URL(url);
  const prove = createCredentials(auth, secretsInAddress(endpoint));
  const httpRequest = {
    method: 'GET',
    headers: { accept: ACCEPT },
    timeoutMs,
    maxBytes: MAX_BYTES,
    ca,
  } as const;

  async function readEach(query: string): Promise<Samples> {
    const selector = parseSelector(query);
    if (typeof selector === 'string') return none(selector);
    const answer = await request(endpoint, prove, httpRequest);
    if (answer.kind === 'none') return none(answer.reason);
    const samples = samplesIn(answer, selector);
    if (typeof samples === 'string') return none(answer.hide(samples));
    return {
      kind: 'samples',
      samples: samples.map(({ labels, ...sample }) => ({
        ...sample,
        labels: Object.fromEntries(labels),
        ...(sample.sampledAt === undefined ? {} : { staleAfterMs }),
      })),
    };
  }

  return {
    read: async (query) => {
      const answer = await readEach(query);
      if (answer.kind === 'none') return answer;
      const [sample, ...moreSamples] = answer.samples;
      if (!sample) return none(`no sample is ${query}`);
      if (moreSamples.length > 0)
        return none(`${answer.samples.length} samples are ${query}, a condition needs one`);
      const { labels: _, ...value } = sample;
      return { kind: 'value', ...value };
    },
    readEach,
  };
}

/** The samples to choose from. A returned string says why there are none. */
function samplesIn(
  { status, header, text, complete }: Extract<HttpAnswer, { kind: 'answer' }>,
  selector: Selector,
): Sample[] | string {
  if (!complete) return `the answer is larger than ${MAX_BYTES} bytes`;
  if (status !== 200) return `it answered ${statusLine(status)}`;
  const contentType = header('content-type');
  const format = formatOf(contentType);
  return format
    ? samplesOf(text, format, selector)
    : `it answered in ${contentType || 'no content type'}, which is not a text of metrics`;
}

function formatOf(contentType: string): Format | undefined {
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/openmetrics-text') return 'openmetrics';
  return mediaType === 'text/plain' ? 'prometheus' : undefined;
}

const none = (reason: string): Extract<Reading, { kind: 'none' }> => ({
  kind: 'none',
  reason: answerLine(reason),
});

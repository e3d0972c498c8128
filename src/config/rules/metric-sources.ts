import { z } from 'zod';
import { pathsIn } from '../../domain/action/template.ts';
// An expression is checked by the code that evaluates it.
import {
  answerExpressionFault,
  type NumberPlace,
  type SeriesPlace,
  seriesExpressionFault,
  type TimeUnit,
} from '../../domain/analysis/series-in-answer.ts';
import { askedUrl, celText, duration, key, refuseValue, strict } from '../source/schema.ts';
import { type Auth, authSchema, inHeader, type Secret } from './auth.ts';

/** A connection to a metric source. `intervalMs`: how often samples are taken. The age at which a sample is stale follows from it. */
export type MetricConnection =
  /** A page that the governed system exposes. */
  | ({ readonly kind: 'openmetrics' } & ScrapedSource)
  /** A server with the HTTP API of Prometheus. */
  | ({ readonly kind: 'prometheus'; readonly tenant?: string | undefined } & ScrapedSource)
  /** A system of one's own that answers in JSON. */
  | ({ readonly kind: 'http' } & JsonSource)
  /** Datadog, with its API v1. */
  | {
      readonly kind: 'datadog';
      readonly url: string;
      readonly apiKey: Secret;
      readonly applicationKey: Secret;
      readonly intervalMs: number;
    }
  /** CloudWatch, with AWS's own client. */
  | {
      readonly kind: 'cloudwatch';
      readonly region: string;
      readonly endpoint?: string | undefined;
      readonly intervalMs: number;
    };

/** A source that takes its samples at even times. */
export interface ScrapedSource {
  readonly url: string;
  readonly auth?: Auth | undefined;
  /** The path of the certificates that prove who answers. */
  readonly ca?: string | undefined;
  readonly intervalMs: number;
}

/** A system that answers in JSON. Its addresses have placeholders. */
export interface JsonSource {
  readonly auth?: Auth | undefined;
  /** The path of the certificates that prove who answers. */
  readonly ca?: string | undefined;
  readonly intervalMs: number;
  readonly times: TimeUnit;
  /** Absent: the value now is the newest of the series. */
  readonly now?: ({ readonly url: string } & NumberPlace) | undefined;
  /** Absent: it keeps no past. */
  readonly series?: ({ readonly url: string } & SeriesPlace) | undefined;
}

/** Whether a stretch of time can be read, so that a metric can be compared with the time before. */
export const keepsPast = (connection: MetricConnection): boolean =>
  connection.kind !== 'openmetrics' && (connection.kind !== 'http' || connection.series !== undefined);

const interval = key(
  duration().prefault('1m'),
  'How often the source takes a sample. A sample counts for two intervals and ten seconds.',
  '30s',
);

const auth = key(
  authSchema.optional(),
  'What proves who asks.',
  '{ bearer: { file: /var/run/secrets/token } }',
);

const ca = key(
  strict({
    file: key(
      z.string().startsWith('/', 'must be a path that begins with /'),
      'A file in PEM. It is read at each request.',
      '/etc/ssl/our-ca.pem',
    ),
  })
    .transform(({ file }) => file)
    .optional(),
  'The certificates that prove who answers, in place of those that every system trusts. The address begins with `https://`.',
  '{ file: /etc/ssl/our-ca.pem }',
);

/** Reports certificates for an address that shows none. */
function checkCa(
  caFile: string | undefined,
  urls: readonly (string | undefined)[],
  context: z.RefinementCtx,
): void {
  if (caFile === undefined || urls.every((url) => url === undefined || url.startsWith('https:'))) return;
  const message = 'needs an address with https://: over http:// nobody shows a certificate';
  context.addIssue({ code: 'custom', path: ['ca'], message });
}

const scraped = { url: key(askedUrl(), 'Where it is asked.', 'http://prometheus:9090'), auth, ca, interval };

const openmetricsSource = strict(scraped)
  .superRefine(({ ca: caFile, url }, context) => checkCa(caFile, [url], context))
  .transform(({ interval: intervalMs, ...source }) => ({ ...source, intervalMs }));

const prometheusSource = strict({
  ...scraped,
  tenant: key(
    z
      .string()
      .regex(/^[A-Za-z0-9!_.*'()|-]{1,150}$/, "must be letters, digits and !_.*'()-, and | between tenants")
      .optional(),
    'Whose metrics are read, where one server holds those of several, as Mimir does: the header `X-Scope-OrgID`.',
    'shop',
  ),
})
  .superRefine(({ ca: caFile, url, tenant, auth: proof }, context) => {
    checkCa(caFile, [url], context);
    const isTwice = Object.keys(proof?.headers ?? {}).some((name) => name.toLowerCase() === 'x-scope-orgid');
    if (tenant !== undefined && isTwice) {
      const message = 'is in auth.headers too, as X-Scope-OrgID: keep one of them';
      context.addIssue({ code: 'custom', path: ['tenant'], message });
    }
  })
  .transform(({ interval: intervalMs, ...source }) => ({ ...source, intervalMs }));

/** What stands before the path, the query and the fragment of an address. */
const originOf = (url: string) => /^[^:]*:\/*[^/?#]*/.exec(url)?.[0] ?? '';

/** An address with placeholders behind its host. Their values are percent-encoded. */
const addressWith = (...names: readonly string[]) =>
  askedUrl()
    .refine((url) => pathsIn(originOf(url)).length === 0, {
      error: 'needs a host without placeholders: what proves who asks is sent there',
      abort: true,
    })
    .superRefine((url, context) => {
      for (const name of pathsIn(url)) {
        if (names.includes(name)) continue;
        const message = `\${${name}} names nothing; write ${names.map((known) => `\${${known}}`).join(', ')}`;
        context.addIssue({ code: 'custom', message });
      }
    })
    .meta({ title: 'address' });

/** Reports an address that is the same for every metric, in an answer in which every metric is then the same. */
const needsQuery = (url: string, expressions: readonly (string | undefined)[], context: z.RefinementCtx) => {
  if (pathsIn(url).includes('query') || expressions.some((text) => /\bquery\b/.test(text ?? ''))) return;
  const message = 'needs ${query}, or an expression that uses query: each metric would be the same number';
  context.addIssue({ code: 'custom', path: ['url'], message });
};

const overAnswer = (example: string) =>
  celText(answerExpressionFault, `expression over answer and query, such as ${example}`).meta({
    title: 'CEL expression',
  });
const overSeries = (example: string) =>
  celText(seriesExpressionFault, `expression over series and query, such as ${example}`).meta({
    title: 'CEL expression',
  });

const numberNow = strict({
  url: key(
    addressWith('query'),
    'Where the value now is asked, with GET. `${query}` is the query of the metric.',
    '"https://stats.example.com/api/now?metric=${query}"',
  ),
  value: key(overAnswer('answer.value'), "Finds the number in the answer's JSON.", 'answer.value'),
  time: key(
    overAnswer('answer.time').optional(),
    'Finds the time of the sample. Absent: it is of now.',
    'answer.time',
  ),
}).superRefine(({ url, value }, context) => needsQuery(url, [value], context));

const TIMES = ['from', 'until'];

const seriesOverTime = strict({
  url: key(
    addressWith('query', 'step', ...TIMES),
    'Where a stretch of time is asked, with GET. `${from}` and `${until}` are its ends, in the unit of `times`. `${step}` is the time between two values, in milliseconds with `ms` and in seconds otherwise.',
    '"https://stats.example.com/api/history?metric=${query}&from=${from}&until=${until}"',
  ),
  list: key(
    overAnswer('answer.series').optional(),
    'Finds the list of series. Absent: the whole answer is one series.',
    'answer.series',
  ),
  labels: key(
    overSeries('series.labels').optional(),
    'Finds what tells a series from others: a mapping of texts. Absent: nothing does.',
    'series.labels',
  ),
  points: key(
    overSeries('series.points'),
    'Finds the points of a series: a list of `[time, value]`, or of objects with `time` and `value`.',
    'series.points',
  ),
}).superRefine(({ url, list, labels, points }, context) => {
  needsQuery(url, [list, labels, points], context);
  const missing = TIMES.filter((name) => !pathsIn(url).includes(name));
  if (missing.length > 0)
    context.addIssue({
      code: 'custom',
      path: ['url'],
      message: `needs ${missing.map((name) => `\${${name}}`).join(' and ')}: other times would be asked for`,
    });
});

const jsonSource = strict({
  now: key(numberNow.optional(), 'How the value now is read. Absent: it is the newest of the series.'),
  series: key(
    seriesOverTime.optional(),
    'How a stretch of time is read. Absent: the source keeps no past, and nothing can be compared.',
  ),
  times: key(
    z.enum(['ms', 's', 'iso']).default('ms'),
    'How times are written, in addresses and in answers: milliseconds or seconds since the epoch, or ISO 8601.',
    'iso',
  ),
  auth,
  ca,
  interval,
})
  .superRefine(({ ca: caFile, now, series }, context) => checkCa(caFile, [now?.url, series?.url], context))
  .refine(({ now, series }) => now ?? series, 'needs now, series or both')
  .transform(({ interval: intervalMs, ...source }): JsonSource => ({ ...source, intervalMs }));

const datadogSource = strict({
  url: key(
    askedUrl().default('https://api.datadoghq.com'),
    'The API of your site, such as `https://api.datadoghq.eu`.',
    'https://api.datadoghq.eu',
  ),
  apiKey: key(inHeader, 'The API key.', '{ file: /var/run/secrets/datadog-api-key }'),
  applicationKey: key(
    inHeader,
    'An application key with the permission `timeseries_query`.',
    '{ file: /var/run/secrets/datadog-application-key }',
  ),
  interval,
}).transform(({ interval: intervalMs, ...source }) => ({ ...source, intervalMs }));

const cloudwatchSource = strict({
  region: key(
    z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, 'must be the name of a region, such as eu-west-1'),
    'The region whose metrics are read.',
    'eu-west-1',
  ),
  endpoint: key(
    askedUrl().optional(),
    "Where it is asked, in place of the region's own address.",
    'https://vpce-0a1b-monitoring.eu-west-1.vpce.amazonaws.com',
  ),
  interval,
}).transform(({ interval: intervalMs, ...source }) => ({ ...source, intervalMs }));

export const metricSource = strict({
  openmetrics: key(
    openmetricsSource.optional(),
    'A page in OpenMetrics text 1.0, or in the Prometheus text format, that the governed system exposes.',
  ),
  prometheus: key(
    prometheusSource.optional(),
    'A server that answers `GET /api/v1/query` as Prometheus does. `url` is what stands before `/api/v1`.',
  ),
  http: key(jsonSource.optional(), 'A system of your own that answers in JSON.'),
  datadog: key(datadogSource.optional(), "Datadog's API v1."),
  cloudwatch: key(
    cloudwatchSource.optional(),
    "Amazon CloudWatch. It needs the package `@aws-sdk/client-cloudwatch`, and credentials where AWS's client looks for them.",
  ),
}).transform(({ openmetrics, prometheus, http, datadog, cloudwatch }, context): MetricConnection => {
  const sources: MetricConnection[] = [
    ...(openmetrics ? [{ kind: 'openmetrics', ...openmetrics } as const] : []),
    ...(prometheus ? [{ kind: 'prometheus', ...prometheus } as const] : []),
    ...(http ? [{ kind: 'http', ...http } as const] : []),
    ...(datadog ? [{ kind: 'datadog', ...datadog } as const] : []),
    ...(cloudwatch ? [{ kind: 'cloudwatch', ...cloudwatch } as const] : []),
  ];
  const [source, ...more] = sources;
  return source && more.length === 0
    ? source
    : refuseValue(context, 'needs exactly one of cloudwatch, datadog, http, openmetrics, prometheus');
});

import { z } from 'zod';
import { identifier } from '../contract/json.ts';
import { named, plainAddress, refuse, strict, url } from './schema.ts';

/** What the worker needs to reach the world. It holds secrets: never log it, never send it anywhere. */
export interface Connections {
  readonly mail: { readonly smtpUrl: string; readonly from: string };
  /** Where PagerDuty Events API v2 events are posted (https://events.pagerduty.com/v2/enqueue), and the integration key of the service to page. */
  readonly pager: {
    readonly url: string;
    readonly routingKey: string;
    /** The integration keys of the services that page others than on-call, by whom a step of a route names. */
    readonly keys?: Readonly<Record<string, string>> | undefined;
  };
  readonly slack?: SlackConnection | undefined;
  /** Where CloudEvents are posted, and the secret that signs them as Standard Webhooks says: `whsec_` and base64. */
  readonly webhook?: { readonly url: string; readonly secret: string } | undefined;
  readonly metricSources: Readonly<Record<string, MetricConnection>>;
  /** Where people reach the user interface, without a trailing slash. */
  readonly uiUrl?: string | undefined;
}

/** An incoming webhook, or a bot whose messages can be brought up to date. */
export type SlackConnection =
  | { readonly webhookUrl: string }
  | { readonly botToken: string; readonly channel: string; readonly apiUrl: string };

export interface MetricConnection {
  /** `prometheus`: `url` is the server's; `openmetrics`: `url` is the page that the governed system exposes. */
  readonly kind: 'prometheus' | 'openmetrics';
  readonly url: string;
}

const web = strict({ url: url('http', 'https') });

const metricSource = strict({ openmetrics: web.optional(), prometheus: web.optional() }).transform(
  ({ openmetrics, prometheus }, context): MetricConnection => {
    if (openmetrics && !prometheus) return { kind: 'openmetrics', ...openmetrics };
    if (prometheus && !openmetrics) return { kind: 'prometheus', ...prometheus };
    return refuse(context, 'needs exactly one of openmetrics, prometheus');
  },
);

const slack = strict({
  webhookUrl: url('https', 'http').optional(),
  botToken: z.string().min(1).optional(),
  channel: z
    .string()
    .regex(/^[CGD][A-Z0-9]{2,30}$/, 'must be the id of a channel, such as C0123456789')
    .optional(),
  apiUrl: url('https', 'http').default('https://slack.com/api'),
}).transform(({ webhookUrl, botToken, channel, apiUrl }, context): SlackConnection => {
  if (webhookUrl !== undefined && botToken === undefined && channel === undefined) return { webhookUrl };
  if (webhookUrl === undefined && botToken !== undefined && channel !== undefined)
    return { botToken, channel, apiUrl };
  return refuse(context, 'needs exactly one of: webhookUrl; botToken with channel');
});

const pagedByKey = z
  .string()
  .regex(
    /^(owners|data-owners|(group|user|schedule):[A-Za-z0-9][A-Za-z0-9._-]*)$/,
    'must be owners, data-owners, group:name, user:name or schedule:name',
  );

const webhook = strict({
  url: url('https', 'http'),
  secret: z
    .string()
    .regex(
      /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/,
      'must be whsec_ and at least 24 bytes as base64: such as "whsec_" and what "openssl rand -base64 32" prints',
    ),
});

/** The members of countersign.yaml that say how to reach the world. */
export const connectionShape = {
  channels: strict({
    mail: strict({ smtpUrl: url('smtp', 'smtps'), from: plainAddress }),
    pager: strict({
      url: url('http', 'https'),
      routingKey: z.string().min(1),
      keys: z.record(pagedByKey, z.string().min(1)).optional(),
    }),
    slack: slack.optional(),
    webhook: webhook.optional(),
  }),
  metricSources: named(identifier, metricSource).default({}),
  uiUrl: url('http', 'https')
    .transform((written) => written.replace(/\/+$/, ''))
    .optional(),
};

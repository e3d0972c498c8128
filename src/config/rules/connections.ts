import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import {
  askedUrl,
  duration,
  named,
  plainAddress,
  refuseValue,
  shownUrl,
  strict,
  url,
} from '../source/schema.ts';
import { type Auth, authSchema } from './auth.ts';

/** What the worker needs to reach the world. It holds secrets: never log it, never send it anywhere. */
export interface Connections {
  readonly mail: { readonly smtpUrl: string; readonly from: string };
  /** Where PagerDuty Events API v2 events are posted (https://events.pagerduty.com/v2/enqueue), and the integration key of the service to page. */
  readonly pager: {
    readonly url: string;
    readonly auth?: Auth | undefined;
    readonly routingKey: string;
    /** The integration keys of the services that page others than on-call, by whom a step of a route names. */
    readonly keys?: Readonly<Record<string, string>> | undefined;
  };
  readonly slack?: SlackConnection | undefined;
  /** Where CloudEvents are posted, and the secret that signs them as Standard Webhooks says: `whsec_` and base64. */
  readonly webhook?:
    | { readonly url: string; readonly auth?: Auth | undefined; readonly secret: string }
    | undefined;
  readonly metricSources: Readonly<Record<string, MetricConnection>>;
  /** What requests to governed systems carry, by origin (RFC 6454), such as `https://admin.example.com`. */
  readonly governedSystems: Readonly<Record<string, Auth>>;
  /** Where people reach the user interface, without a trailing slash. */
  readonly uiUrl?: string | undefined;
}

/** An incoming webhook, or a bot whose messages can be brought up to date and whose token is in `auth`. */
export type SlackConnection =
  | { readonly webhookUrl: string; readonly auth?: Auth | undefined }
  | { readonly channel: string; readonly apiUrl: string; readonly auth: Auth };

export interface MetricConnection {
  /** `prometheus`: `url` is the server's; `openmetrics`: `url` is the page that the governed system exposes. */
  readonly kind: 'prometheus' | 'openmetrics';
  readonly url: string;
  readonly auth?: Auth | undefined;
  /** How often samples are taken: how old one may be follows from it. */
  readonly intervalMs: number;
}

const scraped = strict({
  url: askedUrl(),
  auth: authSchema.optional(),
  interval: duration().prefault('1m'),
}).transform(({ interval, ...source }) => ({ ...source, intervalMs: interval }));

const metricSource = strict({ openmetrics: scraped.optional(), prometheus: scraped.optional() }).transform(
  ({ openmetrics, prometheus }, context): MetricConnection => {
    if (openmetrics && !prometheus) return { kind: 'openmetrics', ...openmetrics };
    if (prometheus && !openmetrics) return { kind: 'prometheus', ...prometheus };
    return refuseValue(context, 'needs exactly one of openmetrics, prometheus');
  },
);

const slack = strict({
  webhookUrl: askedUrl().optional(),
  channel: z
    .string()
    .regex(/^[CGD][A-Z0-9]{2,30}$/, 'must be the id of a channel, such as C0123456789')
    .optional(),
  apiUrl: askedUrl().default('https://slack.com/api'),
  auth: authSchema.optional(),
}).transform(({ webhookUrl, channel, apiUrl, auth }, context): SlackConnection => {
  if (webhookUrl !== undefined && channel === undefined) return { webhookUrl, auth };
  if (webhookUrl === undefined && channel !== undefined && auth?.bearer !== undefined)
    return { channel, apiUrl, auth };
  return refuseValue(
    context,
    "needs exactly one of: webhookUrl; channel, with the bot's token as auth.bearer",
  );
});

const governedSystem = strict({
  origin: z
    .string()
    .refine(isOrigin, {
      error:
        'must be http:// or https:// with a host and nothing after it, such as https://admin.example.com: what proves who asks is sent to all of it',
      abort: true,
    })
    .transform((written) => new URL(written).origin),
  auth: authSchema,
});

function isOrigin(written: string): boolean {
  if (!URL.canParse(written)) return false;
  const { origin, href, protocol } = new URL(written);
  return /^https?:$/.test(protocol) && href === `${origin}/`;
}

const governedSystems = z
  .array(governedSystem)
  .superRefine((systems, context) => {
    for (const [i, { origin }] of systems.entries()) {
      if (systems.findIndex((other) => other.origin === origin) === i) continue;
      const message = 'is there twice: write all of it in one';
      context.addIssue({ code: 'custom', path: [i, 'origin'], message });
    }
  })
  .transform((systems): Connections['governedSystems'] =>
    Object.fromEntries(systems.map(({ origin, auth }) => [origin, auth])),
  );

const pagedByKey = z
  .string()
  .regex(
    /^(owners|data-owners|(group|user|schedule):[A-Za-z0-9][A-Za-z0-9._-]*)$/,
    'must be owners, data-owners, group:name, user:name or schedule:name',
  );

const webhook = strict({
  url: askedUrl(),
  auth: authSchema.optional(),
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
      url: askedUrl(),
      auth: authSchema.optional(),
      routingKey: z.string().min(1),
      keys: z.record(pagedByKey, z.string().min(1)).optional(),
    }),
    slack: slack.optional(),
    webhook: webhook.optional(),
  }),
  metricSources: named(identifier, metricSource).default({}),
  governedSystems: governedSystems.default({}),
  uiUrl: shownUrl()
    .transform((written) => written.replace(/\/+$/, ''))
    .optional(),
};

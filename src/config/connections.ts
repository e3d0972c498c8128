import { z } from 'zod';
import { identifier } from '../contract/json.ts';
import { named, plainAddress, refuse, strict, url } from './schema.ts';

/** What the worker needs to reach the world. It holds secrets: never log it, never send it anywhere. */
export interface Connections {
  readonly mail: { readonly smtpUrl: string; readonly from: string };
  /** Where PagerDuty Events API v2 events are posted (https://events.pagerduty.com/v2/enqueue), and the integration key of the service to page. */
  readonly pager: { readonly url: string; readonly routingKey: string };
  readonly metricSources: Readonly<Record<string, MetricConnection>>;
  /** Where people reach the user interface, without a trailing slash. */
  readonly uiUrl?: string | undefined;
}

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

/** The members of countersign.yaml that say how to reach the world. */
export const connectionShape = {
  channels: strict({
    mail: strict({ smtpUrl: url('smtp', 'smtps'), from: plainAddress }),
    pager: strict({ url: url('http', 'https'), routingKey: z.string().min(1) }),
  }),
  metricSources: named(identifier, metricSource).default({}),
  uiUrl: url('http', 'https')
    .transform((written) => written.replace(/\/+$/, ''))
    .optional(),
};

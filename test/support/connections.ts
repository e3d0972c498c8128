import type { Connections } from '../../src/config/index.ts';
import type { Outbox } from '../../src/dev/outbox.ts';

export interface ConnectionOptions {
  /** Where pages go; the outbox unless a test switches a pager off. */
  readonly pagerUrl?: string;
  readonly smtpUrl?: string;
  /** Changes how the world reaches what is outside it. */
  readonly connections?: (usual: Connections) => Connections;
}

/** How a world reaches its storefront, its mail server and its pager. */
export function connectionsTo(
  storefrontUrl: string,
  outbox: Outbox,
  { pagerUrl, smtpUrl, connections = (usual) => usual }: ConnectionOptions,
): Connections {
  return connections({
    mail: { smtpUrl: smtpUrl ?? outbox.smtpUrl, from: 'countersign@storefront.example' },
    pager: { url: pagerUrl ?? outbox.pagerUrl, routingKey: 'test' },
    metricSources: {
      storefront: { kind: 'openmetrics', url: `${storefrontUrl}/metrics`, intervalMs: 60_000 },
    },
    governedSystems: {},
    credentialSources: {},
    databases: {},
    witnesses: [],
    witnessesNeeded: 0,
    checkpointCopies: [],
  });
}

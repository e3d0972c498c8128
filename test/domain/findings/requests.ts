import type { Proposal } from '../../../src/domain/action/action.ts';
import { type FindingsInput, findingsOf } from '../../../src/domain/findings/findings.ts';
import type { ActionType, Installation } from '../../../src/domain/installation/installation.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { dependentsOf } from '../../../src/domain/risk/blast-radius.ts';
import type { ParameterChange, SetBefore } from '../../../src/domain/risk/parameter-change.ts';
import type { Json } from '../../../src/domain/shared/json.ts';
import { testInstallation } from '../../support/installation.ts';
import { actionTypeWith, aMetric } from '../support.ts';

/** 2026-03-02, 12:00 UTC: a Monday. */
export const NOW = Date.UTC(2026, 2, 2, 12);

/** A request in short. What is left out is a value that says nothing. */
export interface Asked {
  readonly type: string;
  readonly target?: string;
  readonly environment?: string;
  readonly params?: { readonly [name: string]: Json };
  /** The value that each parameter has now, as it was read. Absent: nobody knows it. */
  readonly now?: { readonly [name: string]: Json };
  /** What each parameter was set to before, by actions that succeeded. Absent: nobody set it. */
  readonly before?: { readonly [name: string]: SetBefore };
  readonly summary: string;
  readonly alternatives?: readonly (readonly [option: string, whyNot: string])[];
  readonly evidence?: readonly (readonly [title: string, detail: string])[];
  readonly criteria?: readonly string[];
}

const parameters = (properties: { readonly [name: string]: Json }): ActionType['parameters'] => ({
  type: 'object',
  properties: { ...properties },
});

const watch = {
  metrics: [
    aMetric({ query: `error_ratio{service="\${target}"}` }),
    aMetric({ name: 'latency-p95', query: `latency_p95_seconds{service="\${target}"}` }),
  ],
};
const rollback = { executor: 'command', argv: ['undo'], timeoutMs: 1_000 } as const;

const type = (name: string, title: string, changes: Partial<ActionType> = {}) =>
  actionTypeWith({ name, title, rollback, watch, ...changes });

const TYPES = [
  type('instances.scale', `run \${target} on \${params.count} instances`, {
    parameters: parameters({ count: { type: 'integer', minimum: 1, maximum: 100 } }),
  }),
  type('version.deploy', `deploy \${params.version} to \${target}`, {
    parameters: parameters({ version: { type: 'string' } }),
  }),
  type('config.change', `set \${params.key} of \${target} to \${params.value}`, {
    parameters: parameters({
      key: { enum: ['queueLimit', 'maxItems', 'paymentTimeoutMs'] },
      value: { type: 'integer' },
    }),
  }),
  type('cache.flush', `flush the cache of \${target}`),
  type('service.restart', `restart \${target}`),
  type('traffic.shift', `send \${params.percent} % of the traffic of \${target} to the new version`, {
    parameters: parameters({ percent: { type: 'integer', unit: '%' } }),
  }),
  type('pool.resize', `give \${target} \${params.maxConnections} connections`, {
    parameters: parameters({ maxConnections: { type: 'integer', unit: 'connections' } }),
  }),
  type('memory.limit', `limit the memory of \${target} to \${params.memoryMb} MB`, {
    parameters: parameters({ memoryMb: { type: 'integer', unit: 'MB' } }),
  }),
  type('timeout.set', `set the timeout of \${target} to \${params.timeout} ms`, {
    parameters: parameters({ timeout: { type: 'integer', unit: 'ms' } }),
  }),
  type('replicas.set', `set the replicas of \${target} to \${params.replicas}`, {
    parameters: parameters({ replicas: { type: 'integer' } }),
  }),
  type('ratelimit.set', `let \${params.requestsPerSecond} requests a second through to \${target}`, {
    parameters: parameters({ requestsPerSecond: { type: 'integer' } }),
  }),
  type('ttl.set', `keep entries of \${target} for \${params.ttlSeconds} s`, {
    parameters: parameters({ ttlSeconds: { type: 'integer' } }),
  }),
  type('retries.set', `let \${target} try \${params.maxRetries} times`, {
    parameters: parameters({ maxRetries: { type: 'integer' } }),
  }),
  type('schema.migrate', `migrate the data of \${target} to layout \${params.layout}`, {
    parameters: parameters({ layout: { type: 'integer' } }),
    rollback: undefined,
    watch: undefined,
    dataMigration: true,
  }),
];

const service = (name: string, serviceTier: 1 | 2 | 3, dependsOn: string[]) => ({
  name,
  owner: 'group:checkout-team',
  serviceTier,
  dependsOn,
});

const services = {
  web: service('web', 2, ['catalog', 'cart', 'checkout']),
  checkout: service('checkout', 1, ['cart', 'payments']),
  cart: service('cart', 2, ['catalog']),
  catalog: service('catalog', 3, []),
  payments: service('payments', 1, []),
  'search-index': service('search-index', 3, []),
  'mail-sender': service('mail-sender', 3, []),
};

const person = (name: string, displayName: string) => ({
  name,
  displayName,
  email: `${name}@example.org`,
  keys: [],
});

/** The storefront's services, staging beside production, and ten kinds of actions. */
export const shop: Installation = {
  ...testInstallation({
    environments: { production: {}, staging: {} },
    notProduction: ['staging'],
    people: {
      anna: person('anna', 'Anna Berg'),
      grace: person('grace', 'Grace Lindqvist'),
      jonas: person('jonas', 'Jonas Weber'),
    },
    groups: { 'checkout-team': ['anna', 'grace'], 'sre-on-call': ['jonas'] },
    actionTypes: Object.fromEntries(TYPES.map((each) => [each.name, each])),
    services,
  }).installation,
  dependents: dependentsOf(services),
};

const proposalOf = ({
  type: actionType,
  target = 'checkout',
  environment = 'production',
  params = {},
  summary,
  alternatives = [['do nothing', 'it gets worse']],
  evidence = [['error-ratio', '0.031 at 2026-03-02T11:48Z']],
  criteria = ['the error ratio stays below 2 %'],
}: Asked): Proposal => ({
  actionType,
  target,
  environment,
  params,
  agent: { id: 'deploy-agent', version: '1.4.0' },
  rationale: {
    summary,
    confidence: 0.8,
    alternatives: alternatives.map(([option, whyNot]) => ({ option, confidence: 0.3, whyNot })),
  },
  evidence: evidence.map(([title, detail]) => ({ title, detail })),
  successCriteria: criteria,
  idempotencyKey: 'one',
});

const changeOf = (
  { parameters }: ActionType,
  parameter: string,
  to: Json,
  now: Json | undefined,
  setBefore: SetBefore | undefined,
): ParameterChange => ({
  parameter,
  to,
  unit: Object(Object(parameters.properties)[parameter]).unit,
  from:
    now === undefined ? { kind: 'unknown', reason: 'nobody read it' } : { kind: 'read', value: now, at: NOW },
  ...(setBefore ? { setBefore } : {}),
});

/** What the rules are given of a request; `changes` replace members. */
export function given(asked: Asked, changes: Partial<FindingsInput> = {}): FindingsInput {
  const proposal = proposalOf(asked);
  const resolved = resolve(shop, proposal, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  return {
    installation: shop,
    proposal,
    action: resolved.action,
    impact: {
      changes: Object.entries(proposal.params).map(([parameter, to]) =>
        changeOf(resolved.type, parameter, to, asked.now?.[parameter], asked.before?.[parameter]),
      ),
      live: {},
      similar: { count: 0, outcomes: {}, last: [] },
    },
    at: NOW,
    ...changes,
  };
}

export const found = (asked: Asked, changes: Partial<FindingsInput> = {}) =>
  findingsOf(given(asked, changes));

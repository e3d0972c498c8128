import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyFile, newKey } from '../src/cli/signing.ts';

/** So many that two actions under way rarely want the same lease: the comparison is not about waiting for one. */
export const SERVICES = 600;

export const AGENT = 'bench-agent';
/** Seconds between two measurements: the shortest that an installation may ask for. */
export const CHECKS = { count: 3, intervalSeconds: 1 } as const;

const OWNERS = ['ada', 'grace', 'barbara', 'edsger'];
const ON_CALL = ['linus', 'margaret'];

export interface Urls {
  readonly target: string;
  readonly smtp: string;
  readonly pager: string;
  /** Where people sign in, and the public key that it signs with. Absent: there are signed statements alone. */
  readonly gateway?: { readonly url: string; readonly key: string };
}

interface Written extends Urls {
  /** How long people have until somebody is paged. Absent: 15 minutes. */
  readonly firstWait?: string;
}

/**
 * Writes an installation with an action type for each of the tiers 1, 2 and 3, and returns the key of a person who may
 * approve. JSON is YAML, so it is written as that.
 */
export async function writeInstallation(folder: string, urls: Written): Promise<KeyFile> {
  const keys = [...OWNERS, ...ON_CALL, 'samira'].map(newKey);
  // There it is people's decisions that are measured: what runs after them is to be over soon.
  const checks = urls.gateway ? 1 : CHECKS.count;
  const entities = [...services(), ...people(keys), agent()];
  await mkdir(join(folder, 'catalog'), { recursive: true });
  await mkdir(join(folder, 'actions'));
  await Promise.all([
    writeFile(join(folder, 'countersign.yaml'), JSON.stringify(rules(urls))),
    writeFile(join(folder, 'catalog', 'all.yaml'), documents(entities)),
    writeFile(
      join(folder, 'actions', 'all.yaml'),
      documents([1, 2, 3].map((tier) => actionType(tier, checks))),
    ),
  ]);
  const [approver] = keys;
  if (!approver) throw new Error('an installation needs an approver');
  return approver;
}

const documents = (parts: readonly object[]) => parts.map((part) => JSON.stringify(part)).join('\n---\n');

const rules = ({ target, smtp, pager, gateway, firstWait = '15m' }: Written) => ({
  ...(gateway ? { gateway: { url: gateway.url, keys: [gateway.key] } } : {}),
  name: 'benchmark',
  environments: { production: { targetUrl: target } },
  onCall: 'group:on-call',
  window: {
    approval: { atLeast: 1, of: ['owners', 'on-call'] },
    route: { steps: [{ notify: 'owners', by: 'mail', wait: '5m' }], onSilence: 'proceed' },
  },
  approval: {
    approval: { atLeast: 1, of: ['owners', 'on-call'] },
    route: {
      steps: [
        { notify: 'owners', by: 'mail', wait: firstWait },
        { notify: 'on-call', by: 'page', wait: '30m' },
      ],
      onSilence: 'deny',
    },
  },
  review: { within: '24h', approval: { atLeast: 1, of: ['owners'] } },
  admitWithin: '15m',
  channels: {
    mail: { smtpUrl: smtp, from: 'countersign@bench.example' },
    pager: { url: pager, routingKey: 'bench' },
  },
  metricSources: { bench: { openmetrics: { url: `${target}/metrics` } } },
});

const request = (path: string) => ({
  http: {
    method: 'POST',
    url: `\${environment.targetUrl}/effects/\${target}/${path}`,
    body: { version: '${params.version}' },
    timeout: '10s',
  },
});

const actionType = (tier: number, checks: number) => ({
  name: `bench.tier-${tier}`,
  title: 'set ${target} to ${params.version}',
  parameters: {
    type: 'object',
    additionalProperties: false,
    required: ['version'],
    properties: { version: { type: 'string', pattern: '^[0-9]+\\.[0-9]+$' } },
  },
  tier,
  severity: { performance: 1, serviceDisruption: 2 },
  execute: request('set'),
  rollback: request('undo'),
  watch: {
    metrics: [
      {
        name: 'error-ratio',
        source: 'bench',
        query: 'bench_error_ratio',
        interval: `${CHECKS.intervalSeconds}s`,
        count: checks,
        successCondition: 'result <= 0.02',
      },
    ],
  },
});

const entity = (kind: string, name: string, spec: object, annotations: object = {}) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name, annotations },
  spec,
});

export const serviceName = (n: number) => `service-${n % SERVICES}`;

const services = () =>
  Array.from({ length: SERVICES }, (_, n) =>
    entity(
      'Component',
      serviceName(n),
      { type: 'service', owner: 'group:owners' },
      { 'countersign.dev/service-tier': '3' },
    ),
  );

const agent = () =>
  entity('Component', AGENT, { type: 'ai-agent', owner: 'user:samira' }, { 'countersign.dev/autonomy': '3' });

const people = (keys: readonly KeyFile[]) => [
  entity('Group', 'owners', { type: 'team', members: OWNERS }),
  entity('Group', 'on-call', { type: 'team', members: ON_CALL }),
  ...keys.map(({ person, jwk }) =>
    entity(
      'User',
      person,
      { profile: { displayName: person, email: `${person}@bench.example` } },
      { 'countersign.dev/signing-keys': jwk.x },
    ),
  ),
];

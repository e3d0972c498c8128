import { generateKeyPairSync } from 'node:crypto';
import type { Severity } from '../../src/domain/action/action.ts';
import type { MetricSpec } from '../../src/domain/analysis/metrics.ts';
import type { ActionType, Installation, PlanTemplate } from '../../src/domain/installation/installation.ts';
import { dependentsOf } from '../../src/domain/risk/blast-radius.ts';
import { digestOf } from '../../src/domain/shared/digest.ts';

/** An Ed25519 key pair: `privateJwk` is what jose's importJWK takes, `x` is what the catalog holds. */
export interface SigningKey {
  readonly privateJwk: {
    readonly kty: 'OKP';
    readonly crv: 'Ed25519';
    readonly x: string;
    readonly d: string;
  };
  readonly x: string;
}

const GROUPS = {
  'catalog-team': ['edsger'],
  'cart-team': ['barbara', 'edsger'],
  'checkout-team': ['ada', 'grace'],
  'sre-on-call': ['linus', 'margaret'],
  'platform-ai': ['ada'],
};

/** `radia` is in no group. */
const PEOPLE = ['ada', 'barbara', 'edsger', 'grace', 'linus', 'margaret', 'radia'];

const KEYS: Readonly<Record<string, SigningKey>> = Object.fromEntries(PEOPLE.map((name) => [name, newKey()]));

/**
 * A small installation that is valid as it is, and everybody's signing keys. The catalog: web needs checkout (tier 1),
 * checkout needs cart (tier 2), cart needs catalog (tier 3). Action types: cache.flush (tier 1 on catalog, 2 elsewhere),
 * version.deploy (tier 3), schema.migrate (tier 4). `ada`, of checkout-team, owns deploy-agent through platform-ai.
 * Both agents have level 3.
 *
 * @param overrides members to replace whole; the digests follow what is in the installation
 */
export function testInstallation(overrides: Partial<Written> = {}): {
  installation: Installation;
  keys: Readonly<Record<string, SigningKey>>;
} {
  const content = { ...base(), ...overrides };
  const { environments, notProduction, rules, actionTypes, ...catalog } = content;
  const digests = {
    policy: digestOf({ environments: Object.keys(environments), notProduction, rules }),
    catalog: digestOf(catalog),
    actionTypes: Object.fromEntries(
      Object.entries(actionTypes).map(([name, type]) => [name, digestOf(type)]),
    ),
  };
  const dependents = dependentsOf(content.services);
  return { installation: { ...content, dependents, digests }, keys: KEYS };
}

/** What is not computed from the rest. */
type Written = Omit<Installation, 'digests' | 'dependents'>;

const MINUTE = 60_000;

const base = (): Written => ({
  name: 'storefront',
  environments: { production: { adminUrl: 'http://storefront.example/admin' } },
  notProduction: [],
  services: {
    catalog: { name: 'catalog', owner: 'group:catalog-team', serviceTier: 3, dependsOn: [] },
    cart: { name: 'cart', owner: 'group:cart-team', serviceTier: 2, dependsOn: ['catalog'] },
    checkout: {
      name: 'checkout',
      owner: 'group:checkout-team',
      serviceTier: 1,
      dependsOn: ['cart'],
    },
    web: {
      name: 'web',
      owner: 'group:catalog-team',
      serviceTier: 2,
      dependsOn: ['checkout'],
    },
  },
  people: Object.fromEntries(
    Object.entries(KEYS).map(([name, { x }]) => [
      name,
      { name, displayName: name, email: `${name}@storefront.example`, keys: [x] },
    ]),
  ),
  groups: GROUPS,
  groupParents: {},
  agents: {
    'cache-agent': { id: 'cache-agent', owner: 'user:radia', level: 3 },
    'deploy-agent': { id: 'deploy-agent', owner: 'group:platform-ai', level: 3 },
  },
  actionTypes: Object.fromEntries(
    [cacheFlush, versionDeploy, schemaMigrate].map((type) => [type.name, type]),
  ),
  rules: {
    onCall: 'group:sre-on-call',
    window: {
      approval: { atLeast: 1, of: ['owners', 'on-call'] },
      route: { steps: [{ notify: 'owners', by: 'mail', waitMs: 5 * MINUTE }], onSilence: 'proceed' },
    },
    approval: {
      approval: { atLeast: 1, of: ['owners', 'on-call'] },
      route: {
        steps: [
          { notify: 'owners', by: 'mail', waitMs: 15 * MINUTE },
          { notify: 'on-call', by: 'page', waitMs: 15 * MINUTE },
        ],
        onSilence: 'deny',
      },
    },
    approvals: [],
    review: { withinMs: 24 * 60 * MINUTE, approval: { atLeast: 1, of: ['owners', 'on-call'] } },
    admitWithinMs: 15 * MINUTE,
    limits: [],
    calendar: { timeZone: 'UTC', freezes: [], windows: [] },
    approvalRules: {},
    routes: {},
    drift: { riskRisesBy: 10 },
    standing: { grantedBy: 'group:sre-on-call' },
    ledger: { erasedBy: 'user:radia', legalHoldsBy: 'user:grace' },
  },
});

const admin = (method: 'POST' | 'PUT', path: string, body: { [key: string]: string } = {}): PlanTemplate => ({
  executor: 'http',
  method,
  url: `\${environment.adminUrl}/\${target}/${path}`,
  body,
  timeoutMs: 5_000,
});

const severity = (serviceDisruption: Severity) =>
  ({ performance: 1, security: 0, dataAccess: 0, serviceDisruption }) as const;

const errorRatio: MetricSpec = {
  name: 'error-ratio',
  source: 'storefront',
  query: `storefront_error_ratio{service="\${target}"}`,
  initialDelayMs: 1_000,
  intervalMs: 1_000,
  count: 3,
  successCondition: 'result <= 0.02',
  // No gap between the two: shortly after a bad change the ratio passes every value, and a gap would ask people.
  failureCondition: 'result > 0.02',
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 2,
};

const cacheFlush: ActionType = {
  name: 'cache.flush',
  title: `flush the cache of \${target}`,
  parameters: { type: 'object', additionalProperties: false },
  tier: { 1: 2, 2: 2, 3: 1, 4: 1 },
  severity: severity(1),
  execute: admin('POST', 'cache/flush'),
  rollback: admin('POST', 'cache/warm'),
  watch: { metrics: [errorRatio] },
};

const versionDeploy: ActionType = {
  name: 'version.deploy',
  title: `deploy \${params.version} to \${target}`,
  parameters: {
    type: 'object',
    additionalProperties: false,
    required: ['version'],
    properties: { version: { type: 'string', pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$' } },
  },
  tier: { 1: 3, 2: 3, 3: 3, 4: 3 },
  severity: severity(3),
  execute: admin('PUT', 'version', { version: `\${params.version}` }),
  rollback: admin('POST', 'undo', { operation: `\${action.id}` }),
  watch: { metrics: [errorRatio] },
};

const schemaMigrate: ActionType = {
  name: 'schema.migrate',
  title: `migrate the schema of \${target}`,
  parameters: { type: 'object', additionalProperties: false },
  tier: { 1: 4, 2: 4, 3: 4, 4: 4 },
  severity: severity(4),
  execute: { executor: 'command', argv: ['migrate', '--service', `\${target}`], timeoutMs: 60_000 },
};

/** Agents that may act by themselves, by these ids. */
export const freeAgents = (ids: readonly string[]): Installation['agents'] =>
  Object.fromEntries(ids.map((id) => [id, { id, owner: 'user:radia', level: 3 }]));

/** Agents for tests in which each loses a level: the next one has all of its own. */
export const SPARE = Array.from({ length: 20 }, (_, n) => `spare-${n}`);

export function newKey(): SigningKey {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { privateJwk: { kty: 'OKP', crv: 'Ed25519', x, d }, x };
}

import { createPrivateKey, sign } from 'node:crypto';
import type { Action } from '../../src/domain/action/action.ts';
import type { Comparison } from '../../src/domain/analysis/comparison.ts';
import type { MetricSpec } from '../../src/domain/analysis/metrics.ts';
import type { Quorum, Requirement, Vote } from '../../src/domain/approval/requirement.ts';
import type { ActionType } from '../../src/domain/installation/installation.ts';
import type { PastAction } from '../../src/domain/ledger/past-action.ts';
import type { ImpactFacts } from '../../src/domain/risk/impact.ts';
import type { Json } from '../../src/domain/shared/json.ts';
import { keyId } from '../../src/domain/shared/jws.ts';
import type { SigningKey } from '../support/installation.ts';

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A compact JWS. Made with node:crypto, so that what verifies it is not what signed it. */
export function jwsOf(
  key: SigningKey,
  payload: unknown,
  header: object = { alg: 'EdDSA', kid: keyId(key.x) },
): string {
  const signed = `${base64url(header)}.${base64url(payload)}`;
  const privateKey = createPrivateKey({ key: { ...key.privateJwk }, format: 'jwk' });
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

export const anAction = (changes: Partial<Action> = {}): Action => ({
  id: 'cache-agent.flush-1',
  type: 'cache.flush',
  title: 'flush the cache of catalog',
  target: 'catalog',
  serviceTier: 3,
  environment: 'production',
  params: { keys: ['prices', 'stock'], dryRun: false },
  agent: { id: 'cache-agent', version: '1.4.0', owner: 'user:radia' },
  execute: {
    executor: 'http',
    method: 'POST',
    url: 'http://storefront.example/admin/catalog/cache/flush',
    body: { keys: ['prices', 'stock'] },
    timeoutMs: 5_000,
  },
  rollback: { executor: 'command', argv: ['warm', 'catalog'], timeoutMs: 10_000 },
  ...changes,
});

/** So many of these people, each with a key of their own name. */
export const aRequirement = (atLeast: number, ...people: string[]): Quorum =>
  aQuorum('sre-on-call', atLeast, ...people);

/** The same of another group. */
export const aQuorum = (group: string, atLeast: number, ...people: string[]): Quorum => ({
  atLeast,
  group,
  approvers: people.map((person) => ({ person, keys: [`key of ${person}`] })),
  excluded: [],
});

/** The one group that a requirement asks. */
export function quorumOf(requirement: Requirement): Quorum {
  if ('group' in requirement) return requirement;
  throw new Error('several groups are asked');
}

export const aVote = (
  person: string,
  verdict: Vote['verdict'] = 'approve',
  changes: Partial<Vote> = {},
): Vote => ({
  person,
  verdict,
  decidedAt: 1_000,
  jws: `signed by ${person}`,
  authentication: 'signing-key',
  ...changes,
});

/** Measured three times; a single failed one is one too many. */
export const aMetric = (changes: Partial<MetricSpec> = {}): MetricSpec => ({
  name: 'error-ratio',
  source: 'storefront',
  query: 'error_ratio',
  initialDelayMs: 0,
  intervalMs: 1_000,
  count: 3,
  successCondition: 'result <= 0.02',
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 2,
  ...changes,
});

/** The share of bad events among all, beside the time before. */
export const aComparison = (changes: Partial<Comparison> = {}): Comparison => ({
  compared: { form: 'ratio', bad: 'errors_total', total: 'requests_total' },
  against: 'before',
  tolerance: 1.5,
  negligible: 0.001,
  confidence: 0.98,
  direction: 'increase',
  missing: 'remove',
  outliers: 'keep',
  lagMs: 10_000,
  ...changes,
});

/** An action type that lets every parameter through; whether they fit is not the domain's to say. */
export const actionTypeWith = (changes: Partial<ActionType>): ActionType => ({
  name: 'any',
  title: 'any',
  parameters: { type: 'object' },
  tier: { 1: 3, 2: 3, 3: 3, 4: 3 },
  severity: { performance: 0, security: 0, dataAccess: 0, serviceDisruption: 0 },
  execute: { executor: 'command', argv: ['true'], timeoutMs: 1_000 },
  ...changes,
});

/** A quiet moment: nothing runs, and nobody stated where anything is read. */
export const calmFacts: ImpactFacts = {
  past: [],
  live: {
    at: 0,
    localTime: 'Thu 1970-01-01 00:00 UTC',
    circumstances: {},
    onCall: { kind: 'known', value: 2 },
    running: [],
  },
};

/** A value that was read, for `ImpactFacts.values`. */
export const readNow = (value: Json) => ({ kind: 'read', value, at: 0 }) as const;

/** One that ran on catalog yesterday and succeeded. */
export const aPastAction = (changes: Partial<PastAction> = {}): PastAction => ({
  actionId: 'cache-agent.flush-0',
  agent: { id: 'cache-agent', version: '1.4.0' },
  actionType: 'cache.flush',
  target: 'catalog',
  serviceTier: 3,
  environment: 'production',
  tier: 1,
  risk: 20,
  ruledAt: 1_000,
  admittedAt: 1_001,
  closed: { at: 2_000, outcome: 'succeeded' },
  ...changes,
});

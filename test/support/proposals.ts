import { randomUUID } from 'node:crypto';
import type { Proposal } from '../../src/domain/action/action.ts';

/** A proposal that explains itself; each call is another action. */
export function proposal(changes: Partial<Proposal> = {}): Proposal {
  return {
    actionType: 'cache.flush',
    target: 'catalog',
    environment: 'production',
    params: {},
    agent: { id: 'cache-agent', version: '1.4.0' },
    rationale: {
      summary: 'The cache serves prices from before the import.',
      confidence: 0.9,
      alternatives: [
        { option: 'wait for the entries to expire', confidence: 0.4, whyNot: 'takes six hours' },
      ],
    },
    evidence: [{ title: 'price import', detail: 'finished at 03:41, 212 prices changed' }],
    successCriteria: ['the error ratio of catalog stays below 2 %'],
    idempotencyKey: randomUUID(),
    ...changes,
  };
}

export const deploy = (version: string, changes: Partial<Proposal> = {}): Proposal =>
  proposal({
    actionType: 'version.deploy',
    target: 'checkout',
    params: { version },
    agent: { id: 'deploy-agent', version: '2.0.1' },
    ...changes,
  });

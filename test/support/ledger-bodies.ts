import type { Json } from '../../src/domain/shared/json.ts';

/** Ledger entries as the activities write them. */

type Changes = Readonly<Record<'action' | 'impact' | 'ruling', { readonly [name: string]: Json }>>;

/** What the ledger says of a ruling; of the action only what names it. */
export const ruledBody = ({ action = {}, impact = {}, ruling = {} }: Partial<Changes> = {}) => ({
  action: {
    type: 'cache.flush',
    target: 'catalog',
    serviceTier: 3,
    environment: 'production',
    agent: { id: 'cache-agent', version: '1.4.0', owner: 'user:radia' },
    ...action,
  },
  impact,
  ruling: { tier: 1, ...ruling },
});

export const closedBody = (outcome: string, record: { readonly [name: string]: Json } = {}) => ({
  outcome: { kind: outcome, reason: 'because' },
  hold: false,
  record,
});

/**
 * Kinds of entries, with one ruling where several follow each other: an action is ruled on again for every round, and where
 * a worker died with a ruling that the history does not have.
 */
export const ruledOnce = (kinds: readonly string[]): string[] =>
  kinds.filter((kind, i) => kind !== 'ruled' || kinds[i - 1] !== 'ruled');

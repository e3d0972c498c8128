import type { Action, Tier } from '../domain/action.ts';
import { actionDigest, type Pins } from '../domain/digest.ts';
import type { Settlement } from '../domain/gate.ts';
import { describeHold, type Hold } from '../domain/hold.ts';
import type { Installation } from '../domain/installation.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Vote } from '../domain/requirement.ts';
import { rule } from '../domain/ruling.ts';
import { standingOf } from '../domain/votes.ts';
import type { Fact } from './ledger.ts';

export interface AdmitInput {
  readonly action: Action;
  readonly runId: string;
  readonly pins: Pins;
  /** The digest that was ruled on and, where people decided, signed. */
  readonly digest: string;
  readonly tier: Tier;
  readonly declaredTier?: Tier | undefined;
  readonly settlement?: Settlement | undefined;
  readonly votes: readonly Vote[];
  /** Milliseconds since the epoch, the workflow's time. */
  readonly at: number;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly fencingToken: number }
  /** Another action holds the target now; trying again later may work. */
  | { readonly kind: 'busy'; readonly heldBy: string }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

/** Who has a target. A lease ends with its action; a hold stays until a person lifts it. */
export interface Leases {
  /**
   * In one transaction: takes the lease on the target and appends the fact, or does neither. The same action asking
   * again gets the same token. Throws when the store is unreachable, and once the fact `before` is recorded: whoever is
   * that late would take a lease that nobody releases.
   */
  acquire(
    lease: { readonly action: LeasedAction; readonly at: number },
    intent: Fact,
    before: string,
  ): Promise<Acquired>;
  /** In one transaction: releases the lease, places the hold where there is one, and appends the fact. Repeating it is harmless. */
  release(
    lease: { readonly action: LeasedAction; readonly hold?: Hold | undefined },
    fact: Fact,
  ): Promise<void>;
}

/** What is asked of an action before its effect. */
export type LeasedAction = Pick<Action, 'id' | 'type' | 'target' | 'environment' | 'agent'>;

export type Acquired =
  | { readonly kind: 'acquired'; readonly fencingToken: number }
  | { readonly kind: 'leased'; readonly heldBy: string }
  | { readonly kind: 'held'; readonly hold: Hold };

export interface AdmitDeps {
  readonly installation: Installation;
  readonly leases: Leases;
}

export function createAdmit({ installation, leases }: AdmitDeps) {
  return {
    /**
     * The last look before the effect. INVARIANTS 1, 2, 8: the digest is still the one that was decided on, today's
     * rules are not stricter than those that were pinned, the approvals are still enough, nobody else holds the target,
     * and the intent is in the ledger.
     */
    admit: async (input: AdmitInput): Promise<Admission> => {
      const { action, pins, digest, tier, declaredTier, at, runId, settlement, votes } = input;
      const recomputed = actionDigest(action, pins);
      if (recomputed !== digest) {
        return denied(`the action has digest ${recomputed}, decided on was ${digest}`);
      }
      const today = rule(installation, action, declaredTier);
      if (today.kind === 'forbid') return denied(`the rules forbid it now: ${today.reasons.join('; ')}`);
      if (today.tier > tier)
        return denied(`it was ruled tier ${tier}, the rules make it tier ${today.tier} now`);
      // Somebody may have left a group since, or more may be needed.
      if (settlement?.kind === 'approved' && 'requirement' in today) {
        const standing = standingOf(today.requirement, votes);
        if (standing.kind !== 'approved') {
          const missing = standing.kind === 'open' ? `: ${standing.needed} is missing` : '';
          return denied(`the approvals are not enough any more${missing}`);
        }
      }
      const acquired = await leases.acquire(
        { action, at },
        {
          eventId: `${action.id}/${runId}/admitted`,
          actionId: action.id,
          kind: 'admitted',
          at,
          body: { digest, settlement: settlement ?? null, votes, execute: action.execute },
        },
        `${action.id}/${runId}/closed`,
      );
      switch (acquired.kind) {
        case 'acquired':
          return { kind: 'admitted', fencingToken: acquired.fencingToken };
        case 'leased':
          return { kind: 'busy', heldBy: acquired.heldBy };
        case 'held':
          return { kind: 'refused', outcome: { kind: 'held', reason: describeHold(acquired.hold) } };
      }
    },
  };
}

const denied = (reason: string): Admission => ({
  kind: 'refused',
  outcome: { kind: 'deniedByPolicy', reason },
});

import type { Action, Tier } from '../domain/action.ts';
import { type Asking, neighbourhoodOf, type Stop } from '../domain/admission.ts';
import { circumstancesOf } from '../domain/calendar.ts';
import { actionDigest, type Pins } from '../domain/digest.ts';
import type { Settlement } from '../domain/gate.ts';
import type { Hold } from '../domain/hold.ts';
import type { Impact } from '../domain/impact.ts';
import type { Installation } from '../domain/installation.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Authorize } from '../domain/policy.ts';
import type { Vote } from '../domain/requirement.ts';
import { rule } from '../domain/ruling.ts';
import { standingOf } from '../domain/votes.ts';
import type { Fact } from './ledger.ts';

export interface AdmitInput {
  readonly action: Action;
  /** What it may do, as it was found last. */
  readonly impact: Impact;
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
  /** Another action is in the way now; trying again later may work. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** A limit is in the way. There may be room from `freeAt` on, in milliseconds since the epoch. */
  | { readonly kind: 'limited'; readonly reason: string; readonly freeAt: number }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

/** Who has a target. A lease ends with its action; a hold stays until a person lifts it. */
export interface Leases {
  /**
   * In one transaction: takes the lease on the target and appends the fact, or does neither because something stops the
   * action. The same action asking again gets the same token. Throws when the store is unreachable, and once the fact
   * `before` is recorded: whoever is that late would take a lease that nobody releases.
   */
  acquire(asking: Asking, intent: Fact, before: string): Promise<Acquired>;
  /** In one transaction: releases the lease, places the hold where there is one, and appends the fact. Repeating it is harmless. */
  release(
    lease: { readonly action: Asking['action']; readonly hold?: Hold | undefined },
    fact: Fact,
  ): Promise<void>;
  /** The actions that have any of these targets now. Throws when the store is unreachable. */
  holders(targets: readonly string[]): Promise<{ readonly actionId: string; readonly target: string }[]>;
}

export type Acquired = Stop | { readonly kind: 'acquired'; readonly fencingToken: number };

export interface AdmitDeps {
  readonly installation: Installation;
  readonly authorize: Authorize;
  readonly leases: Leases;
  readonly now: () => number;
}

export function createAdmit({ installation, authorize, leases, now }: AdmitDeps) {
  return {
    /**
     * The last look before the effect. INVARIANTS 1, 2, 8: the digest is still the one that was decided on, today's
     * rules are not stricter than those that were pinned, the approvals are still enough, nobody else holds the target,
     * and the intent is in the ledger.
     */
    admit: async (input: AdmitInput): Promise<Admission> => {
      const against = whatForbids(installation, authorize, input, now());
      if (against !== undefined) return denied(against);
      const { action, digest, at, runId, settlement, votes } = input;
      const acquired = await leases.acquire(
        { action, at, ...limitsOn(installation, action, settlement) },
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
        case 'held':
          return { kind: 'refused', outcome: acquired };
        case 'busy':
          return acquired;
        case 'limited':
          return acquired.freeAt === undefined
            ? denied(acquired.reason)
            : { ...acquired, freeAt: acquired.freeAt };
      }
    },
  };
}

/** What speaks against it by now: another digest, stricter rules, a freeze, or votes that are not enough any more. */
function whatForbids(
  installation: Installation,
  authorize: Authorize,
  input: AdmitInput,
  now: number,
): string | undefined {
  const { action, impact, pins, digest, tier, declaredTier, settlement, votes, at } = input;
  const recomputed = actionDigest(action, pins);
  if (recomputed !== digest) return `the action has digest ${recomputed}, decided on was ${digest}`;
  const circumstances = {
    ...circumstancesOf(installation, action, at),
    // Tried again while the database was away, it may have been asked for before a freeze that is on by now.
    ...circumstancesOf(installation, action, Math.max(at, now)),
  };
  const today = rule(installation, authorize, { action, impact, declaredTier, circumstances, at });
  const why = `${today.reasons.join('; ')}${whereRulesDiffer(pins, today.pins)}`;
  if (today.kind === 'forbid') return `the rules forbid it now: ${why}`;
  const approved = settlement?.kind === 'approved';
  // What people approved is not automatic: whether it needs them is settled, whether they were enough is not.
  if (today.tier > (approved ? Math.max(tier, 3) : tier))
    return `it was ruled tier ${tier}, the rules make it tier ${today.tier} now: ${why}`;
  if (!approved || !('requirement' in today)) return undefined;
  // Somebody may have left a group since, or more may be needed.
  const standing = standingOf(today.requirement, votes);
  if (standing.kind === 'approved') return undefined;
  const missing = standing.kind === 'open' ? `${standing.needed} is missing: ` : '';
  return `the approvals are not enough any more: ${missing}${why}`;
}

/** Two workers may have read different rules: whoever reads the refusal must know, or its reason makes no sense. */
function whereRulesDiffer(ruledUnder: Pins, here: Pins): string {
  const differing = (
    [
      ['policy', 'policy'],
      ['catalog', 'catalog'],
      ['action type', 'actionType'],
    ] as const
  )
    .filter(([, pin]) => ruledUnder[pin] !== here[pin])
    .map(([name, pin]) => `${name} ${ruledUnder[pin].slice(0, 12)}, here it is ${here[pin].slice(0, 12)}`);
  return differing.length === 0 ? '' : `; it was ruled under other rules: ${differing.join('; ')}`;
}

/** Rates and budgets are for what runs by itself: what people approved counts, and only what runs now is in its way. */
function limitsOn(
  installation: Installation,
  action: Action,
  settlement: Settlement | undefined,
): Pick<Asking, 'limits' | 'neighbourhood'> {
  const { limits, neighbourhoodAtOnce: atOnce } = installation.rules;
  return {
    limits: settlement?.kind === 'approved' ? [] : limits,
    ...(atOnce === undefined
      ? {}
      : { neighbourhood: { atOnce, beside: neighbourhoodOf(installation, action) } }),
  };
}

const denied = (reason: string): Admission => ({
  kind: 'refused',
  outcome: { kind: 'deniedByPolicy', reason },
});

import type { Action, Tier } from '../domain/action.ts';
import { type Asking, neighbourhoodOf } from '../domain/admission.ts';
import { circumstancesOf } from '../domain/calendar.ts';
import type { Delegation } from '../domain/delegation.ts';
import { actionDigest, type Pins } from '../domain/digest.ts';
import { driftOf } from '../domain/drift.ts';
import type { Settlement } from '../domain/gate.ts';
import type { Impact } from '../domain/impact.ts';
import type { Installation } from '../domain/installation.ts';
import type { Full } from '../domain/limits.ts';
import { lookup } from '../domain/lookup.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Authorize } from '../domain/policy.ts';
import type { Vote } from '../domain/requirement.ts';
import { type Ruling, rule } from '../domain/ruling.ts';
import type { HeldLevel } from '../domain/standing.ts';
import { standingOf } from '../domain/votes.ts';
import { createImpact, type ImpactDeps } from './impact.ts';
import type { Leases } from './leases.ts';
import type { Ledger } from './ledger.ts';
import { agentStanding } from './standing.ts';

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
  /** Who decided in whose place, as it was ruled: a delegation that ended since does not undo what was decided under it. */
  readonly delegations?: readonly Delegation[] | undefined;
  /** Who changed what the agent proposed. */
  readonly editors?: readonly string[] | undefined;
  /** Milliseconds since the epoch, the workflow's time. */
  readonly at: number;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly fencingToken: number }
  /** Another action is in the way now; trying again later may work. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** A limit is in the way. There may be room from `freeAt` on, in milliseconds since the epoch. */
  | (Full & { readonly kind: 'limited'; readonly freeAt: number })
  /** So much has changed since it was assessed that whoever let it run must be asked again. */
  | { readonly kind: 'drifted'; readonly reasons: readonly string[]; readonly impact: Impact }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

export interface AdmitDeps extends ImpactDeps {
  readonly authorize: Authorize;
  readonly leases: Leases;
  readonly ledger: Ledger;
}

/** An assessment this young, in milliseconds, is not made again: what runs at once is admitted right after it. */
const FRESH_MS = 10_000;

export function createAdmit(deps: AdmitDeps) {
  const { installation, authorize, leases, now } = deps;
  const assess = createImpact(deps);

  async function impactAt(at: number, { action, impact }: AdmitInput): Promise<Impact> {
    const type = lookup(installation.actionTypes, action.type);
    return !type || at - impact.live.at < FRESH_MS ? impact : assess(action, type, at);
  }

  return {
    /**
     * The last look before the effect. INVARIANTS 1, 2, 8: the digest is still the one that was decided on, today's
     * rules are not stricter than those that were pinned, nothing has become worse, the approvals are still enough,
     * nobody else holds the target, and the intent is in the ledger.
     */
    admit: async (input: AdmitInput): Promise<Admission> => {
      // Tried again while the database was away, it may have been asked for before a freeze that is on by now.
      const asOf = Math.max(input.at, now());
      const [impact, { held }] = await Promise.all([
        impactAt(asOf, input),
        agentStanding(deps, input.action, input.at),
      ]);
      const against = whatStops(installation, authorize, input, { impact, held, asOf });
      if (against) return against;
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

/** What speaks against it by now: another digest, stricter rules, drift, or votes that are not enough any more. */
function whatStops(
  installation: Installation,
  authorize: Authorize,
  input: AdmitInput,
  { impact, held, asOf }: { readonly impact: Impact; readonly held: HeldLevel; readonly asOf: number },
): Admission | undefined {
  const { action, pins, digest, tier, declaredTier, settlement, votes, at, delegations, editors } = input;
  const recomputed = actionDigest(action, pins);
  if (recomputed !== digest) return denied(`the action has digest ${recomputed}, decided on was ${digest}`);
  const circumstances = {
    ...circumstancesOf(installation, action, at),
    ...circumstancesOf(installation, action, asOf),
  };
  const asked = { action, impact, held, declaredTier, circumstances, at, delegations, editors };
  const today = rule(installation, authorize, asked);
  const otherRules = whereRulesDiffer(pins, today.pins);
  const why = `${today.reasons.join('; ')}${otherRules}`;
  if (today.kind === 'forbid') return denied(`the rules forbid it now: ${why}`);
  // Rules that became stricter stop it; only facts that became worse are for the same people to decide on again.
  if (otherRules !== '' && today.tier > tier)
    return denied(`it was ruled tier ${tier}, the rules make it tier ${today.tier} now: ${why}`);
  if (settlement?.kind === 'brokenGlass') return whyNotBroken(today, settlement, why);
  const then = { impact: input.impact, tier, circumstances: input.impact.live.circumstances };
  const drift = driftOf(then, { impact, tier: today.tier, circumstances }, installation.rules.drift);
  if (drift.length > 0) return { kind: 'drifted', reasons: drift, impact };
  if (settlement?.kind !== 'approved' || !('requirement' in today)) return undefined;
  // Somebody may have left a group since, or more may be needed.
  const standing = standingOf(today.requirement, votes);
  if (standing.kind === 'approved') return undefined;
  const missing = standing.kind === 'open' ? `${standing.needed} is missing: ` : '';
  return denied(`the approvals are not enough any more: ${missing}${why}`);
}

/**
 * Whoever broke the glass took it on as it was, an incident and all: only rules that took the right from them since, or that
 * leave it to people alone, are in the way.
 */
function whyNotBroken(
  today: Ruling,
  { by }: Extract<Settlement, { kind: 'brokenGlass' }>,
  why: string,
): Admission | undefined {
  if (today.kind === 'permit' && today.mode === 'recommend')
    return denied(`it is for people to do now: ${why}`);
  // A mode that waits for nobody would have let it run by itself.
  const may = !('requirement' in today) || today.breakGlass?.some(({ person }) => person === by);
  return may ? undefined : denied(`no policy lets ${by} break the glass any more: ${why}`);
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
): Pick<Asking, 'limits' | 'approved' | 'neighbourhood'> {
  const { limits, neighbourhoodAtOnce: atOnce } = installation.rules;
  const approved = settlement?.kind === 'approved' || settlement?.kind === 'brokenGlass';
  return {
    approved,
    limits: approved ? [] : limits,
    ...(atOnce === undefined
      ? {}
      : { neighbourhood: { atOnce, beside: neighbourhoodOf(installation, action) } }),
  };
}

const denied = (reason: string): Admission => ({
  kind: 'refused',
  outcome: { kind: 'deniedByPolicy', reason },
});

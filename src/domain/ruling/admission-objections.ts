import type { Action, Tier } from '../action/action.ts';
import type { Pins } from '../action/action-digest.ts';
import type { Delegation } from '../approval/delegation.ts';
import type { BrokenGlass } from '../approval/interventions.ts';
import { readDecision } from '../approval/parse-decision.ts';
import { type Approver, approversOf, type Vote } from '../approval/requirement.ts';
import type { Settlement } from '../approval/settlement.ts';
import type { PinnedGateway } from '../approval/signing-gateway.ts';
import { tallyOf } from '../approval/vote-tally.ts';
import type { DeniedBefore } from '../attention/request-limits.ts';
import type { HeldLevel } from '../autonomy/held-level.ts';
import type { Circumstances } from '../calendar/calendar.ts';
import type { Installation } from '../installation/installation.ts';
import { signedToday } from '../installation/keys-today.ts';
import type { Authorize } from '../policy/policy.ts';
import { driftOf } from '../risk/drift.ts';
import type { Impact } from '../risk/impact.ts';
import { canonicalJson } from '../shared/digest.ts';
import { openJws } from '../shared/jws.ts';
import { type Ruling, rule } from './ruling.ts';

/** What was ruled on an action, and how people decided on it. */
export interface DecidedAction {
  readonly action: Action;
  readonly impact: Impact;
  readonly ruling: Ruling;
  readonly declaredTier?: Tier | undefined;
  readonly edits: readonly { readonly by: string; readonly jws: string }[];
  /** Undefined: nobody was to be asked. */
  readonly settlement?: Settlement | undefined;
  readonly votes: readonly Vote[];
  readonly breakGlass?: BrokenGlass | undefined;
}

/** The same as it is today. */
export interface Today {
  /** As the installation resolves it now. */
  readonly action: Action;
  readonly impact: Impact;
  readonly held: HeldLevel;
  readonly circumstances: Circumstances;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type Objection =
  /** By rules or signatures: it does not run. */
  | { readonly kind: 'denied'; readonly reason: string }
  /** By facts: whoever let it run must be asked again. */
  | { readonly kind: 'drifted'; readonly reasons: readonly string[] };

/**
 * What speaks by now against running what was decided on: another request, stricter rules, facts that became worse, or
 * approvals that are not enough any more. Undefined: nothing does. INVARIANTS 1, 2, 4.
 */
export function objectionTo(
  installation: Installation,
  authorize: Authorize,
  decided: DecidedAction,
  today: Today,
): Objection | undefined {
  const { ruling, settlement, declaredTier, edits } = decided;
  const editors = edits.map(({ by }) => by);
  const forged = edits.find(({ by, jws }) => !signedToday(installation, by, jws));
  if (forged) return denied(`the key of ${forged.by}, who edited it, is not in the catalog any more`);
  const another = whatElseWouldRun(decided.action, today.action);
  if (another !== undefined) return denied(another);
  const { delegations, deniedBefore } = ruling;
  const pinned = { declaredTier, editors, delegations, deniedBefore };
  const now = ruledAgain(installation, authorize, today, pinned);
  const otherRules = whereRulesDiffer(ruling.pins, now.pins);
  const why = `${now.reasons.join('; ')}${otherRules}`;
  if (now.kind === 'forbid') return denied(`the rules forbid it now: ${why}`);
  // Rules that became stricter stop it; only facts that became worse are for the same people to decide on again.
  if (otherRules !== '' && now.tier > ruling.tier)
    return denied(`it was ruled tier ${ruling.tier}, the rules make it tier ${now.tier} now: ${why}`);
  if (settlement?.kind === 'brokenGlass') return whyNotBroken(now, decided, why);
  const then = {
    impact: decided.impact,
    tier: ruling.tier,
    circumstances: decided.impact.live.circumstances,
  };
  const found = { impact: today.impact, tier: now.tier, circumstances: today.circumstances };
  const drift = driftOf(then, found, installation.rules.drift);
  if (drift.length > 0) return { kind: 'drifted', reasons: drift };
  return settlement?.kind === 'approved' ? whyNotApproved(now, decided.votes, why) : undefined;
}

function ruledAgain(
  installation: Installation,
  authorize: Authorize,
  { action, impact, held, circumstances, at }: Today,
  pinned: {
    readonly declaredTier: Tier | undefined;
    readonly editors: readonly string[];
    /** A delegation that ended since does not undo what was decided under it. */
    readonly delegations: readonly Delegation[] | undefined;
    readonly deniedBefore: DeniedBefore | undefined;
  },
): Ruling {
  return rule(installation, authorize, {
    action,
    impact,
    held,
    circumstances,
    at,
    declaredTier: pinned.declaredTier,
    editors: pinned.editors,
    delegations: pinned.delegations,
    deniedBefore: pinned.deniedBefore,
  });
}

/** INVARIANT 2: operators may have changed what an action type sends. What was decided on is not sent after that. */
function whatElseWouldRun(then: Action, now: Action): string | undefined {
  const changed = (['execute', 'rollback'] as const).filter(
    (part) => canonicalJson(then[part] ?? null) !== canonicalJson(now[part] ?? null),
  );
  if (changed.length === 0) return undefined;
  return `the installation would send something else by now (${changed.join(', ')}): propose it anew`;
}

/** Somebody may have left a group since, a key may have been taken out of the catalog, or more may be needed. */
function whyNotApproved(now: Ruling, votes: readonly Vote[], why: string): Objection | undefined {
  if (!('requirement' in now)) return undefined;
  const approvers = approversOf(now.requirement);
  const counted = votes.filter((vote) => isSignedToday(vote, approvers, now.gateway));
  const standing = tallyOf(now.requirement, counted);
  if (standing.kind === 'approved') return undefined;
  const gone = votes.filter((vote) => !counted.includes(vote)).map(({ person }) => person);
  const lost = gone.length === 0 ? '' : `the key of ${gone.join(', ')} is not in the catalog any more; `;
  const missing = standing.kind === 'open' ? `${standing.needed} is missing: ` : '';
  return denied(`the approvals are not enough any more: ${lost}${missing}${why}`);
}

/** INVARIANT 3: a key that was taken out of the catalog, because somebody stole it, is good for nothing that has not run yet. */
function isSignedToday(
  { person, jws }: Pick<Vote, 'person' | 'jws'>,
  approvers: readonly Approver[],
  gateway: PinnedGateway | undefined,
): boolean {
  const approver = approvers.find((each) => each.person === person);
  // Whoever is no approver any more does not count, whatever they signed with: that is said in other words.
  if (!approver) return true;
  const own = readDecision({ jws })?.claimed.authentication === 'signing-key';
  return openJws(jws, own ? approver.keys : (gateway?.keys ?? [])).kind === 'verified';
}

/**
 * Whoever broke the glass took it on as it was, an incident and all: only rules that took the right from them since, or that
 * leave it to people alone, are in the way, and a key of theirs that is gone.
 */
function whyNotBroken(now: Ruling, { breakGlass }: DecidedAction, why: string): Objection | undefined {
  if (now.kind === 'permit' && now.mode === 'recommend') return denied(`it is for people to do now: ${why}`);
  // A mode that waits for nobody would have let it run by itself.
  if (!('requirement' in now)) return undefined;
  const person = breakGlass?.person ?? 'somebody';
  const may = now.breakGlass?.filter((each) => each.person === person) ?? [];
  if (!breakGlass || may.length === 0)
    return denied(`no policy lets ${person} break the glass any more: ${why}`);
  return isSignedToday(breakGlass, may, now.gateway)
    ? undefined
    : denied(`the key of ${person}, who broke the glass, is not in the catalog any more`);
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

const denied = (reason: string): Objection => ({ kind: 'denied', reason });

import type { Action, Tier } from '../action/action.ts';
import type { Pins } from '../action/action-digest.ts';
import type { Doubt } from '../action/doubt.ts';
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

/** An action with its ruling and the decision of people on it. */
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

/** The same facts as they are now. */
export interface Today {
  /** The action as the installation resolves it now. */
  readonly action: Action;
  readonly impact: Impact;
  readonly held: HeldLevel;
  readonly circumstances: Circumstances;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type Objection =
  /** The rules or signatures do not allow it any more: the action does not run. */
  | { readonly kind: 'denied'; readonly reason: string }
  /** The facts became worse: the people who approved must be asked again. */
  | { readonly kind: 'drifted'; readonly reasons: readonly string[] };

/**
 * Returns what now speaks against running the decided action: a different request, stricter rules, facts that became worse, or approvals
 * that are not enough any more. Undefined: nothing does. INVARIANTS 1, 2, 4.
 */
export function objectionTo(
  installation: Installation,
  authorize: Authorize,
  decidedAction: DecidedAction,
  today: Today,
): Objection | undefined {
  const { ruling, settlement, declaredTier, edits } = decidedAction;
  const editors = edits.map(({ by }) => by);
  const unsignedEdit = edits.find(({ by, jws }) => !signedToday(installation, by, jws));
  if (unsignedEdit)
    return denial(`the key of ${unsignedEdit.by}, who edited it, is not in the catalog any more`);
  const otherEffect = whatElseWouldRun(decidedAction.action, today.action);
  if (otherEffect !== undefined) return denial(otherEffect);
  const { delegations, deniedBefore, doubt } = ruling;
  const pinnedInput = { declaredTier, editors, delegations, deniedBefore, doubt };
  const now = ruledAgain(installation, authorize, today, pinnedInput);
  const otherRules = whereRulesDiffer(ruling.pins, now.pins);
  const why = `${now.reasons.join('; ')}${otherRules}`;
  if (now.kind === 'forbid') return denial(`the rules forbid it now: ${why}`);
  // Stricter rules deny the action. If only the facts became worse, the same people decide again.
  if (otherRules !== '' && now.tier > ruling.tier)
    return denial(`it was ruled tier ${ruling.tier}, the rules make it tier ${now.tier} now: ${why}`);
  if (settlement?.kind === 'brokenGlass') return whyNotBroken(now, decidedAction, why);
  const ruledThen = {
    impact: decidedAction.impact,
    tier: ruling.tier,
    circumstances: decidedAction.impact.live.circumstances,
  };
  const current = { impact: today.impact, tier: now.tier, circumstances: today.circumstances };
  const drift = driftOf(ruledThen, current, installation.rules.drift);
  if (drift.length > 0) return { kind: 'drifted', reasons: drift };
  return settlement?.kind === 'approved' ? whyNotApproved(now, decidedAction.votes, why) : undefined;
}

function ruledAgain(
  installation: Installation,
  authorize: Authorize,
  { action, impact, held, circumstances, at }: Today,
  pinnedInput: {
    readonly declaredTier: Tier | undefined;
    readonly editors: readonly string[];
    /** The delegations as pinned: one that ended since then does not undo what was decided under it. */
    readonly delegations: readonly Delegation[] | undefined;
    readonly deniedBefore: DeniedBefore | undefined;
    /** As pinned: the detector is not asked again. */
    readonly doubt: Doubt | undefined;
  },
): Ruling {
  return rule(installation, authorize, {
    action,
    impact,
    held,
    circumstances,
    at,
    declaredTier: pinnedInput.declaredTier,
    editors: pinnedInput.editors,
    delegations: pinnedInput.delegations,
    deniedBefore: pinnedInput.deniedBefore,
    doubt: pinnedInput.doubt,
  });
}

/** INVARIANT 2: if operators changed what the action type sends since the decision, the action is not sent. Returns what changed. */
function whatElseWouldRun(actionThen: Action, actionNow: Action): string | undefined {
  const changedParts = (['execute', 'rollback'] as const).filter(
    (part) => canonicalJson(actionThen[part] ?? null) !== canonicalJson(actionNow[part] ?? null),
  );
  if (changedParts.length === 0) return undefined;
  return `the installation would send something else by now (${changedParts.join(', ')}): propose it anew`;
}

/** The approvals may not be enough now: a person left a group, a key was removed from the catalog, or the rules require more. */
function whyNotApproved(now: Ruling, votes: readonly Vote[], why: string): Objection | undefined {
  if (!('requirement' in now)) return undefined;
  const approvers = approversOf(now.requirement);
  const countedVotes = votes.filter((vote) => isSignedToday(vote, approvers, now.gateway));
  const tally = tallyOf(now.requirement, countedVotes);
  if (tally.kind === 'approved') return undefined;
  const goneVoters = votes.filter((vote) => !countedVotes.includes(vote)).map(({ person }) => person);
  const lostKeysText =
    goneVoters.length === 0 ? '' : `the key of ${goneVoters.join(', ')} is not in the catalog any more; `;
  const missingText = tally.kind === 'open' ? `${tally.needed} is missing: ` : '';
  return denial(`the approvals are not enough any more: ${lostKeysText}${missingText}${why}`);
}

/** INVARIANT 3: a key that was removed from the catalog, for example because it was stolen, permits nothing that has not run yet. */
function isSignedToday(
  { person, jws }: Pick<Vote, 'person' | 'jws'>,
  approvers: readonly Approver[],
  gateway: PinnedGateway | undefined,
): boolean {
  const approver = approvers.find((candidate) => candidate.person === person);
  // A vote of a person who is no approver any more does not count anyway, and the tally reports that. Only keys are judged here.
  if (!approver) return true;
  const byOwnKey = readDecision({ jws })?.claimed.authentication === 'signing-key';
  return openJws(jws, byOwnKey ? approver.keys : (gateway?.keys ?? [])).kind === 'verified';
}

/**
 * A person who broke the glass accepted the action with its facts as they were, and the incident with it. So only three things stop it:
 * rules that take the right to break the glass from them, rules that leave the action to people alone, and a key that is gone.
 */
function whyNotBroken(now: Ruling, { breakGlass }: DecidedAction, why: string): Objection | undefined {
  if (now.kind === 'permit' && now.mode === 'recommend') return denial(`it is for people to do now: ${why}`);
  // A mode that waits for no approval would have let the action run without broken glass.
  if (!('requirement' in now)) return undefined;
  const person = breakGlass?.person ?? 'somebody';
  const glassBreakers = now.breakGlass?.filter((approver) => approver.person === person) ?? [];
  if (!breakGlass || glassBreakers.length === 0)
    return denial(`no policy lets ${person} break the glass any more: ${why}`);
  return isSignedToday(breakGlass, glassBreakers, now.gateway)
    ? undefined
    : denial(`the key of ${person}, who broke the glass, is not in the catalog any more`);
}

/** Says which rules differ, because two workers may have read different ones: without it, the refusal makes no sense to its reader. */
function whereRulesDiffer(pinsThen: Pins, pinsNow: Pins): string {
  const differingPins = (
    [
      ['policy', 'policy'],
      ['catalog', 'catalog'],
      ['action type', 'actionType'],
    ] as const
  )
    .filter(([, pin]) => pinsThen[pin] !== pinsNow[pin])
    .map(([name, pin]) => `${name} ${pinsThen[pin].slice(0, 12)}, here it is ${pinsNow[pin].slice(0, 12)}`);
  return differingPins.length === 0 ? '' : `; it was ruled under other rules: ${differingPins.join('; ')}`;
}

const denial = (reason: string): Objection => ({ kind: 'denied', reason });

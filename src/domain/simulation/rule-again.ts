import type { Action } from '../action/action.ts';
import type { Attention } from '../attention/request-limits.ts';
import { circumstancesOf } from '../calendar/calendar.ts';
import type { Installation } from '../installation/installation.ts';
import { resolve } from '../proposal/resolve-proposal.ts';
import { assessImpact } from '../risk/impact.ts';
import { judge } from '../ruling/judge.ts';
import type { Ruling } from '../ruling/ruling.ts';
import { faultsText } from '../shared/json.ts';
import { lookup } from '../shared/lookup.ts';
import type { Answer } from './answer.ts';
import type { Folder } from './folder.ts';
import { doubtFor, type Guess, heldFor, impactFactsFor } from './recorded-facts.ts';
import type { RecordedRuling } from './recorded-ruling.ts';

export type RuledAgain =
  | { readonly kind: 'notReplayable'; readonly why: string }
  | {
      readonly kind: 'ruled';
      /** With each fact that was not recorded at its calmest, and at its worst. The same where all were recorded. */
      readonly answers: Readonly<Record<Guess, Answer>>;
      /** What was not recorded, in words. */
      readonly unknown: readonly string[];
    };

/**
 * Rules on a recorded action once more, under a folder. The facts are those of the ledger: the parameters, what was measured, the level, the
 * time, who edited it and who stood in for whom. What belongs to a folder is taken from this one.
 *
 * @param active the folder that is in force. For what that one says today it is this one itself
 */
export function ruleAgain(folder: Folder, active: Installation, recorded: RecordedRuling): RuledAgain {
  const { installation } = folder;
  const gone = unknownNames(installation, recorded.action);
  if (gone !== undefined) return { kind: 'notReplayable', why: gone };
  const resolution = resolvedAgain(folder, recorded);
  if (resolution.kind === 'refused') {
    const answer: Answer = { kind: 'refused', reasons: [faultsText(resolution.faults)] };
    return { kind: 'ruled', answers: { calm: answer, worst: answer }, unknown: [] };
  }
  const { action } = resolution;
  const calm = ruledWith(folder, active, recorded, action, 'calm');
  if (!calm) return { kind: 'notReplayable', why: 'the level of its agent was not recorded' };
  const { unknown } = calm;
  const worst = unknown.length === 0 ? calm : (ruledWith(folder, active, recorded, action, 'worst') ?? calm);
  return { kind: 'ruled', answers: { calm: calm.answer, worst: worst.answer }, unknown };
}

/** Names what of an action a folder does not know. Undefined: nothing. */
function unknownNames(
  { actionTypes, services, environments, agents }: Installation,
  { type, target, environment, agent, takesBack }: Action,
): string | undefined {
  if (!lookup(actionTypes, type)) return `there is no action type ${type}`;
  if (!lookup(services, target)) return `there is no service ${target}`;
  if (!lookup(environments, environment)) return `there is no environment ${environment}`;
  return takesBack || lookup(agents, agent.id) ? undefined : `there is no agent ${agent.id}`;
}

function resolvedAgain({ installation, checkParams }: Folder, recorded: RecordedRuling) {
  const { proposal, action: ruled } = recorded;
  if (ruled.takesBack) {
    // It follows from what it takes back, and from the person who asked: neither belongs to a folder.
    const serviceTier = lookup(installation.services, ruled.target)?.serviceTier ?? ruled.serviceTier;
    return { kind: 'resolved', action: { ...ruled, serviceTier } } as const;
  }
  const resolution = resolve(installation, { ...proposal, params: ruled.params }, checkParams, proposal);
  if (resolution.kind === 'refused') return resolution;
  const { action } = resolution;
  const { unsigned: _, ...agent } = action.agent;
  // Who signed it was found out when it came. The key may be another one since.
  const isProved = proposal.signature !== undefined && ruled.agent.unsigned === undefined;
  return { kind: 'resolved', action: isProved ? { ...action, agent } : action } as const;
}

function ruledWith(
  { installation, authorize }: Folder,
  active: Installation,
  recorded: RecordedRuling,
  action: Action,
  guess: Guess,
): { readonly answer: Answer; readonly unknown: readonly string[] } | undefined {
  const type = lookup(installation.actionTypes, action.type);
  const held = heldFor(installation, action, recorded, guess);
  if (!type || !held) return undefined;
  const { at, proposal, editors, ruling } = recorded;
  const facts = impactFactsFor(installation, { action, type }, { recorded, active, guess });
  const impact = assessImpact(installation, { action, type }, facts.fact);
  const doubt = doubtFor(installation, recorded, guess);
  const judgement = judge(installation, authorize, {
    action,
    impact,
    held: held.fact,
    declaredTier: proposal.declaredTier,
    circumstances: circumstancesOf(installation, action, at),
    at,
    editors,
    delegations: 'delegations' in ruling ? ruling.delegations : [],
    deniedBefore: ruling.deniedBefore,
    doubt: doubt.fact,
  });
  const { waitingPerHour } = impact.costs;
  const judged: Answer = { ...judgement, ...(waitingPerHour === undefined ? {} : { waitingPerHour }) };
  const limited = limitedIn(judged, installation, active, recorded, guess);
  return {
    answer: limited.answer,
    unknown: [...facts.unknown, ...held.unknown, ...doubt.unknown, ...limited.unknown],
  };
}

/**
 * Applies the limits on requests. How many were open at the time is not in the record of one ruling, only whether it was denied for that. So
 * where a folder has other limits, the answer is not known.
 */
function limitedIn(
  judged: Answer,
  { rules }: Installation,
  active: Installation,
  { ruling, action }: RecordedRuling,
  guess: Guess,
): { readonly answer: Answer; readonly unknown: readonly string[] } {
  if (judged.kind !== 'permit' || action.takesBack) return { answer: judged, unknown: [] };
  const denied: Answer = {
    kind: 'refused',
    reasons: ruling.reasons.slice(0, 1),
  };
  const grantedBefore = grantedThenDenied(ruling);
  const { kind } = limitsCompared(rules.attention, active.rules.attention);
  if (grantedBefore === undefined)
    return kind === 'stricter'
      ? {
          answer: guess === 'calm' ? judged : { ...denied, reasons: ['it is over a limit on requests'] },
          unknown: ['how many requests of its agent were open, and what was denied before'],
        }
      : { answer: judged, unknown: [] };
  if (kind === 'same' && grantedBefore === judged.mode) return { answer: denied, unknown: [] };
  return {
    answer: guess === 'calm' ? judged : denied,
    unknown: ['whether it would be over a limit on requests'],
  };
}

/** Returns the mode that policy had permitted when the action was denied at once. Undefined: it was not. */
function grantedThenDenied({ kind, modes, ...rest }: Ruling): string | undefined {
  const last = modes.at(-1);
  const isDenied = kind === 'forbid' && 'outcome' in rest && rest.outcome === 'deniedByPolicy';
  return isDenied && last?.permitted ? last.mode : undefined;
}

/** Compares the limits that can deny a request. */
function limitsCompared(limits: Attention = {}, reference: Attention = {}) {
  const { repeatAfterDenialMs = 0, openPerAgent = Number.POSITIVE_INFINITY } = limits;
  const { repeatAfterDenialMs: repeatBefore = 0, openPerAgent: openBefore = Number.POSITIVE_INFINITY } =
    reference;
  if (repeatAfterDenialMs === repeatBefore && openPerAgent === openBefore) return { kind: 'same' } as const;
  const isStricter = repeatAfterDenialMs > repeatBefore || openPerAgent < openBefore;
  return { kind: isStricter ? 'stricter' : 'looser' } as const;
}

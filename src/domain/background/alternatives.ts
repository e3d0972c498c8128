import type { Action, Proposal, Tier } from '../action/action.ts';
import { MODE_WORDS } from '../policy/ask-policy.ts';
import type { ModeName } from '../policy/policy.ts';
import type { Impact } from '../risk/impact.ts';
import type { RunsBefore } from '../risk/record-before.ts';
import type { Judgement } from '../ruling/judge.ts';
import { beginningOf } from '../shared/beginning.ts';
import { type Fault, faultsText } from '../shared/json.ts';
import { exactLine } from '../shared/visible.ts';

/**
 * What was found out about an alternative that its agent names as an action. It is told to people, and nothing is ruled on by it.
 * `place`: its place among the agent's alternatives, counted from 0.
 */
export type AlternativeFacts =
  | (LookedInto & { readonly kind: 'permitted'; readonly tier: Tier; readonly mode: ModeName })
  | (LookedInto & { readonly kind: 'forbidden'; readonly reason: string })
  | { readonly kind: 'noAction' | 'notFoundOut'; readonly place: number; readonly reason: string };

interface LookedInto {
  readonly place: number;
  /** The title of the action, as operators write it. */
  readonly title: string;
  /** 0 to 100. */
  readonly risk: number;
  /** How such actions ended on this target before. */
  readonly onTarget: RunsBefore;
}

/** The most alternatives that are looked into. */
export const MOST_LOOKED_INTO = 3;

/** The longest text that is kept, in UTF-16 units. */
const LONGEST = 300;

/** An alternative as a proposal of its own. */
export interface AlternativeProposal {
  readonly place: number;
  readonly proposal: Proposal;
}

/** The alternatives that an agent names as actions: the first three, each as the agent would have proposed it, in the same environment. */
export function actionsAmong({ declaredTier: _, ...proposal }: Proposal): AlternativeProposal[] {
  const { target, rationale } = proposal;
  return rationale.alternatives
    .flatMap(({ action }, place) =>
      action === undefined
        ? []
        : [
            {
              place,
              proposal: {
                ...proposal,
                actionType: action.type,
                target: action.target ?? target,
                params: action.params ?? {},
              },
            },
          ],
    )
    .slice(0, MOST_LOOKED_INTO);
}

/** What an alternative would be ruled. @param subject the alternative as it resolves and was assessed */
export function asRuled(
  place: number,
  { action, impact }: { readonly action: Action; readonly impact: Pick<Impact, 'riskScore' | 'ranBefore'> },
  judgement: Judgement,
): AlternativeFacts {
  const lookedInto = {
    place,
    title: shortened(action.title),
    risk: impact.riskScore,
    onTarget: impact.ranBefore?.onTarget ?? { ran: 0, well: 0 },
  };
  if (judgement.kind === 'forbid')
    return { kind: 'forbidden', ...lookedInto, reason: shortened(judgement.reasons.join('; ')) };
  const { tier, mode } = judgement;
  return { kind: 'permitted', ...lookedInto, tier, mode };
}

/** Why an alternative is no action here. @param faults of it as a proposal */
export const asNoAction = (place: number, faults: readonly Fault[]): AlternativeFacts => ({
  kind: 'noAction',
  place,
  reason: faults.some(({ where }) => where === 'actionType')
    ? 'it names no action type of this installation'
    : shortened(`it fits no action here: ${faultsText(faults)}`),
});

/** INVARIANT 12: names and values in it may be the agent's, so every text is on one line and bounded. */
const shortened = (text: string) => {
  const line = exactLine(text);
  return line.length <= LONGEST ? line : `${beginningOf(line, LONGEST)}...`;
};

/** What an alternative would be ruled, in words: a sentence of the machine without the final period. */
export function alternativeText(facts: AlternativeFacts): string {
  switch (facts.kind) {
    case 'permitted':
      return `as an action, ${facts.title}: it would be tier ${facts.tier}, ${MODE_WORDS[facts.mode]}; ${recordText(facts)}`;
    case 'forbidden':
      return `as an action, ${facts.title}: it would be refused: ${facts.reason}; ${recordText(facts)}`;
    case 'noAction':
      return facts.reason;
    case 'notFoundOut':
      return `what it would be ruled is not known: ${facts.reason}`;
  }
}

const recordText = ({ risk, onTarget: { ran, well } }: LookedInto) =>
  `risk ${risk} of 100; ${
    ran === 0
      ? 'such an action never ran on its target before'
      : `of ${ran} such ${ran === 1 ? 'action' : 'actions'} that ran on its target before, ${well} ended well`
  }`;

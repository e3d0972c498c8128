import type { Proposal } from '../action/action.ts';
import { canonicalJson } from '../shared/digest.ts';
import { type AnswerMode, answerText, modeOf } from '../simulation/answer.ts';
import { type Ending, endedWell, wentWrong } from '../simulation/ending.ts';
import type { Folder } from '../simulation/folder.ts';
import type { RecordedRuling } from '../simulation/recorded-ruling.ts';
import { ruleAgain } from '../simulation/rule-again.ts';

/** What a build did when it was asked. */
export type AgentAnswer =
  | { readonly kind: 'proposal'; readonly proposal: Proposal }
  | { readonly kind: 'nothing'; readonly why: string }
  /** It gave no answer that can be taken: no JSON, no proposal, too late, or it failed. */
  | { readonly kind: 'wrong'; readonly why: string };

/** What a build did, beside what was proposed then. */
export const ANSWER_CLASSES = ['same', 'otherParameters', 'otherAction', 'nothing', 'wrong'] as const;
export type AnswerClass = (typeof ANSWER_CLASSES)[number];

/** How the action of then ended, as far as a build is judged by it. */
export const ENDS = ['denied', 'wentWrong', 'well', 'neither'] as const;
export type End = (typeof ENDS)[number];

/** One situation, with what the build did in it. */
export interface ReplayedCase {
  readonly actionId: string;
  /** When it was ruled on, in milliseconds since the epoch. */
  readonly at: number;
  readonly agent: string;
  /** What was proposed then. */
  readonly title: string;
  readonly class: AnswerClass;
  /** What differs, or what is wrong, in words. Empty: nothing. */
  readonly because: string;
  readonly end: End;
  /** How it ended, in words. */
  readonly ended: string;
  /** Present for a proposal that differs: what the rules of today say about it. */
  readonly today?: { readonly mode: AnswerMode | 'perhaps' | 'unknown'; readonly text: string } | undefined;
}

/** Compares what a build did with what was proposed in the same situation. Nothing of it is executed. */
export function compared(
  folder: Folder,
  recorded: RecordedRuling,
  ending: Ending | undefined,
  answer: AgentAnswer,
): ReplayedCase {
  const { actionId, at, action, proposal } = recorded;
  const about = { actionId, at, agent: proposal.agent.id, title: action.title, ...endOf(ending) };
  if (answer.kind === 'nothing') return { ...about, class: 'nothing', because: answer.why };
  if (answer.kind === 'wrong') return { ...about, class: 'wrong', because: answer.why };
  const differences = differencesOf(proposal, answer.proposal);
  if (differences.length === 0) return { ...about, class: 'same', because: '' };
  return {
    ...about,
    class: isSameAction(proposal, answer.proposal) ? 'otherParameters' : 'otherAction',
    because: differences.join('; '),
    today: ruledToday(folder, recorded, answer.proposal),
  };
}

function endOf(ending: Ending | undefined): Pick<ReplayedCase, 'end' | 'ended'> {
  const wrong = ending && wentWrong(ending);
  if (wrong !== undefined)
    return { end: ending?.outcome === 'deniedByPerson' ? 'denied' : 'wentWrong', ended: wrong };
  if (ending && endedWell(ending)) return { end: 'well', ended: 'it succeeded' };
  return { end: 'neither', ended: ending?.outcome ? `it ended ${ending.outcome}` : 'it is not over' };
}

const NAMES = ['actionType', 'target', 'environment'] as const;

const isSameAction = (then: Proposal, now: Proposal) => NAMES.every((name) => then[name] === now[name]);

function differencesOf(then: Proposal, now: Proposal): string[] {
  const names = NAMES.flatMap((name) =>
    then[name] === now[name] ? [] : [`${name} ${now[name]}, then ${then[name]}`],
  );
  // Other actions have other parameters.
  if (names.length > 0) return names;
  return [...new Set([...Object.keys(then.params), ...Object.keys(now.params)])].sort().flatMap((name) => {
    const [before, after] = [then.params[name], now.params[name]].map(valueText);
    return before === after ? [] : [`${name} ${after}, then ${before}`];
  });
}

const valueText = (value: unknown) => (value === undefined ? 'not given' : canonicalJson(value));

/**
 * Rules on what a build proposes, by the rules of today and the facts of then. The build counts as holding the level that its agent held then.
 * What was not looked up for this action counts as not known.
 */
function ruledToday(folder: Folder, recorded: RecordedRuling, proposal: Proposal): ReplayedCase['today'] {
  const ruled = ruleAgain(folder, folder.installation, instead(recorded, proposal));
  if (ruled.kind === 'notReplayable') return { mode: 'unknown', text: ruled.why };
  const { calm, worst } = ruled.answers;
  if (modeOf(calm) === modeOf(worst)) return { mode: modeOf(calm), text: `it ${answerText(calm)}` };
  return {
    mode: 'perhaps',
    text: `it ${answerText(calm)}, or ${answerText(worst)}: the ledger does not have ${ruled.unknown.join(', ')}`,
  };
}

/** The recorded ruling as that of another proposal: with the facts that were looked up for that one too, and no others. */
function instead(recorded: RecordedRuling, proposal: Proposal): RecordedRuling {
  const { action, ruling, impact } = recorded;
  const { actionType: type, target, environment, params } = proposal;
  const isSame = isSameAction(recorded.proposal, proposal);
  const isThere = action.target === target && action.environment === environment;
  const { at, localTime, circumstances, running } = impact.live;
  const unknown = { kind: 'unknown', reason: 'it was not looked up' } as const;
  return {
    ...recorded,
    // The agent would sign it as it signed the other one.
    proposal: { ...proposal, signature: recorded.proposal.signature },
    action: { ...action, type, target, environment, params },
    // Denials of the same request, and limits on requests, are about the proposal of then.
    ruling: {
      ...ruling,
      deniedBefore: undefined,
      modes: [],
      pins: isSame ? ruling.pins : { ...ruling.pins, actionType: '' },
    },
    impact: {
      ...impact,
      ...(isSame ? {} : { size: undefined, changes: undefined, wentWrong: undefined, rollbackDifficulty: 3 }),
      ...(isThere ? {} : { live: { at, localTime, circumstances, running, onCall: unknown } }),
    },
    editors: [],
  };
}

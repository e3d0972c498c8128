import type { Settlement } from '../approval/settlement.ts';
import type { ActionState } from '../record/action-state.ts';
import { sentence } from '../shared/sentence.ts';
import { letRunBy, ruledText, watchText, whoWasAsked } from './explanation.ts';

/** The three questions about an action, each answered in one or two sentences. `explain` says more. */
export interface ThreeAnswers {
  readonly whoGaveTheAuthority: string;
  readonly whatLimitedIt: string;
  readonly howItWasDecided: string;
}

/** Answers the three questions from recorded state alone, so the answers are the same at any time. */
export function threeAnswers({ action, ruling, votes, settlement, outcome }: ActionState): ThreeAnswers {
  const signers = votes.flatMap(({ person, verdict }) => (verdict === 'approve' ? person : []));
  const gave = [
    ...(signers.length > 0 ? [`${signers.join(' and ')} signed "approve".`] : []),
    ...(ruling?.kind === 'permit' ? letRunBy(ruling, settlement) : []),
  ];
  const asked =
    ruling && 'requirement' in ruling ? whoWasAsked(ruling, ruling.requirement).slice(0, 1) : undefined;
  const limited = [
    ...(ruling ? [ruledText(ruling)] : []),
    ...(asked ?? (action?.watch ? [watchText(action.watch)] : ['Its effect was not watched.'])),
  ];
  const ended = outcome ? sentence(`It ended as ${outcome.kind}: ${outcome.reason}`) : 'It is not over.';
  return {
    whoGaveTheAuthority: gave.join(' ') || 'Nobody: no authority was given.',
    whatLimitedIt: limited.join(' '),
    howItWasDecided: `${settlement ? SETTLED[settlement.kind] : 'No person was asked.'} ${ended}`,
  };
}

const SETTLED: Readonly<Record<Settlement['kind'], string>> = {
  approved: 'People approved it.',
  denied: 'A person denied it.',
  proceed: 'Nobody objected in the window, and on-call was paged.',
  brokenGlass: 'One person decided, before the approvers did.',
  expired: 'Nobody decided in time.',
  undeliverable: 'Nobody could be asked.',
};

import type { OutcomeKind } from '../domain/action/outcome.ts';
import { textOf } from '../domain/approval/requirement.ts';
import type { ActionState, Status } from '../domain/record/action-state.ts';
import { type Fault, faultsText } from '../domain/shared/json.ts';
import { iso } from '../domain/shared/sentence.ts';
import { exactLine } from '../domain/shared/visible.ts';

/** An action as a model is told it. */
export interface Told {
  readonly actionId: string;
  readonly status: Status;
  /** Absent: it is not over. */
  readonly outcome?: OutcomeKind;
  readonly message: string;
  /** Where people decide. */
  readonly inboxUrl: string;
  /** When to ask again, in milliseconds. Absent: it is over, and nothing changes any more. */
  readonly pollAfterMs?: number;
  /** What the governed system answered. */
  readonly result?: string;
  /** What approvers want to know before they decide. */
  readonly questions?: readonly {
    readonly questionId: string;
    readonly person: string;
    readonly question: string;
  }[];
}

const AGAIN = 'That is a new request with another idempotencyKey, and people are asked anew.';
const NOTHING_RAN = 'Nothing ran.';

/** What an outcome means for the agent: whether anything ran, and what it may do next. */
const AFTER: Readonly<Record<OutcomeKind, string>> = {
  succeeded: 'It ran, and was not taken back.',
  rolledBack: 'It ran, did harm, and was taken back. Do not repeat it as it was.',
  rollbackFailed: 'It ran, and taking it back failed. People were paged. Do nothing more on this target.',
  rollbackUnverified:
    'It ran and was taken back, and nobody knows yet whether that helped. People were paged. Do nothing more on this target.',
  failed: 'It did not take effect. Find out why before you propose anything like it.',
  recommended: `${NOTHING_RAN} People were told what you recommend, and act themselves.`,
  deniedByPerson: `${NOTHING_RAN} A person said no. Do not propose the same again; change what they objected to, or stop.`,
  deniedByPolicy: `${NOTHING_RAN} The rules do not permit it. Asking again changes nothing.`,
  expired: `${NOTHING_RAN} Nobody decided in time; that is no denial. If it is still needed, propose it again. ${AGAIN}`,
  undeliverable: `${NOTHING_RAN} Nobody who could decide could be reached. Tell your user.`,
  cancelled: 'It was cancelled. If it had run, it was taken back.',
  superseded: `${NOTHING_RAN} Another action took its place.`,
  revoked: 'A person revoked it. If it had run, it was taken back. Do not propose the same again.',
  held: `${NOTHING_RAN} People stopped actions like it for now. If it is still needed later, propose it again. ${AGAIN}`,
  lost: 'Nobody knows whether it ran. People look into it. Do nothing more on this target.',
};

/** What each state that is not the end means, and when something may have changed, in milliseconds. */
const MEANWHILE: Readonly<
  Record<Exclude<Status, 'closed' | 'lost'>, readonly [text: string, pollAfterMs: number]>
> = {
  assessing: ['It is being ruled on. Nothing has run yet.', 2_000],
  waiting: ['Nothing has run yet.', 15_000],
  admitting: ['It may run, and waits for its turn.', 5_000],
  executing: ['It is being carried out.', 5_000],
  watching: ['It ran, and its metrics are being watched. It is not over yet.', 15_000],
  undecided: [
    'It ran, and what was measured does not tell whether it did harm. People are asked whether to keep it.',
    15_000,
  ],
  rollingBack: ['It ran, and is being taken back.', 5_000],
};

const NO_OTHER_WAY =
  'You cannot approve it, and proposing it again does not help. Ask get_action for it later; do other work meanwhile, or tell your user the address of the inbox.';

/** How an action stands, in words for a model. */
export function told(state: ActionState, actionId: string, inboxUrl: string): Told {
  const { status, outcome, questions, ruling } = state;
  const about = { actionId, status, inboxUrl };
  if (status === 'closed' || status === 'lost') {
    const kind = outcome?.kind ?? 'lost';
    const reason = outcome ? `${kind}: ${exactLine(outcome.reason)}.` : `${kind}.`;
    const result = kind === 'succeeded' && state.receipt ? { result: exactLine(state.receipt.summary) } : {};
    return { ...about, outcome: kind, ...result, message: `${reason} ${AFTER[kind]}` };
  }
  const [text, pollAfterMs] = MEANWHILE[status];
  const open = questions.flatMap(({ id, person, text: question, answer }) =>
    answer === undefined ? [{ questionId: id, person, question: exactLine(question) }] : [],
  );
  const waits =
    status === 'waiting' && ruling && 'requirement' in ruling
      ? [`It waits for ${textOf(ruling.requirement)}${untilText(state)}. ${silenceText(state)}`, NO_OTHER_WAY]
      : [];
  const asked = open.length > 0 ? ['Approvers asked you something: answer with answer_question.'] : [];
  return {
    ...about,
    message: [text, ...waits, ...asked].join(' '),
    pollAfterMs,
    ...(open.length > 0 ? { questions: open } : {}),
  };
}

const untilText = ({ deadline }: ActionState) => (deadline === undefined ? '' : ` until ${iso(deadline)}`);

const silenceText = ({ ruling }: ActionState) =>
  ruling?.kind === 'permit' && ruling.mode === 'executeAfterWindow'
    ? 'If nobody objects by then, it proceeds.'
    : 'If nobody decides by then, it expires.';

/** Why something was not taken, with every fault, for a model that can correct it. */
export const refusedText = (reason: string, faults: readonly Fault[]): string =>
  faults.length === 0
    ? `${reason}.`
    : `${reason}: ${faultsText(faults)}. Correct all of it, and propose it again.`;

import type { OutcomeKind } from '../domain/action/outcome.ts';
import type { ActionState, Status } from '../domain/record/action-state.ts';
import type { Fault, Json } from '../domain/shared/json.ts';

/** What a tool is called with. */
export type Arguments = { readonly [name: string]: Json };

/** What Countersign says about a call of a tool. `words` are for the model: what happened, and what to do next. */
export type Answer =
  | {
      readonly kind: 'pending';
      readonly actionId: string;
      readonly status: Status;
      /** Where people decide. Absent: the agent was not told where the inbox is. */
      readonly inboxUrl?: string;
      /** How long to wait before asking again, in milliseconds. */
      readonly pollAfterMs: number;
      readonly words: string;
    }
  | {
      readonly kind: 'over';
      readonly actionId: string;
      readonly outcome: OutcomeKind;
      /** Whether it was let run. What came of that is in `outcome`. */
      readonly wasLetRun: boolean;
      /** The arguments that ran, or would have: those of the call, with what people changed. */
      readonly args: Arguments;
      readonly wasEdited: boolean;
      readonly words: string;
    }
  /** It cannot be governed as it is: nothing waits, and nothing ran. */
  | { readonly kind: 'refused'; readonly faults: readonly Fault[]; readonly words: string };

/** How long an agent should wait before it asks again, in milliseconds. */
const POLL_AFTER_MS = 10_000;

const UNDER_WAY: Readonly<Record<Status, string>> = {
  assessing: 'Countersign has kept the request and has not ruled on it yet.',
  waiting: 'It waits: people may decide on it now.',
  admitting: 'It may run, and is about to.',
  executing: 'It runs now.',
  watching: 'It ran, and its metrics are watched before it counts as done.',
  undecided:
    'It ran. The metrics could not tell whether it did harm, so people are asked whether to keep it.',
  rollingBack: 'It ran, and is being rolled back now.',
  lost: 'Its workflow was ended from outside, and its effect may stand. People have to look.',
  closed: 'It is over.',
};

interface Ending {
  readonly wasLetRun: boolean;
  readonly happened: string;
  readonly next: string;
}

const AGAIN_IS_NEW = 'To ask again is a new request: do so only if it is still needed.';
const NOT_AGAIN = 'Do not ask for the same again. Find another way, or tell the person that you work for.';
const PEOPLE_LOOK = 'Do nothing more on this target: people have to look at it first.';

/** An ending is never made to look like another: a time-out is not a person's denial, and a rollback is not a success. */
const ENDINGS: Readonly<Record<OutcomeKind, Ending>> = {
  succeeded: {
    wasLetRun: true,
    happened: 'It ran, and its metrics stayed within their limits.',
    next: 'It is done: do not do it again.',
  },
  rolledBack: {
    wasLetRun: true,
    happened: 'It ran, and then it was rolled back: nothing of it is left.',
    next: 'Do not ask for the same again before you know why.',
  },
  rollbackFailed: {
    wasLetRun: true,
    happened: 'It may have run, and it could not be rolled back: its effect may still be there.',
    next: PEOPLE_LOOK,
  },
  rollbackUnverified: {
    wasLetRun: true,
    happened: 'It ran and was rolled back, and its metrics are not known to be back.',
    next: PEOPLE_LOOK,
  },
  failed: { wasLetRun: true, happened: 'It was tried, and it had no effect.', next: AGAIN_IS_NEW },
  recommended: {
    wasLetRun: false,
    happened: 'It was not run: people were told that you recommend it, and act themselves.',
    next: 'Do not ask for the same again.',
  },
  deniedByPerson: { wasLetRun: false, happened: 'A person denied it. Nothing ran.', next: NOT_AGAIN },
  deniedByPolicy: { wasLetRun: false, happened: 'The rules forbid it. Nothing ran.', next: NOT_AGAIN },
  expired: {
    wasLetRun: false,
    happened: 'Its time ran out. Nobody denied it, and nothing ran.',
    next: AGAIN_IS_NEW,
  },
  undeliverable: {
    wasLetRun: false,
    happened: 'Nobody who may decide could be reached. Nothing ran.',
    next: AGAIN_IS_NEW,
  },
  cancelled: {
    wasLetRun: false,
    happened: 'The request was cancelled. Nothing of it is left.',
    next: AGAIN_IS_NEW,
  },
  superseded: {
    wasLetRun: false,
    happened: 'Another action took its place. Nothing ran.',
    next: 'Look at how things are now before you ask again.',
  },
  revoked: {
    wasLetRun: false,
    happened: 'A person revoked the permission. If it had begun, it was taken back.',
    next: NOT_AGAIN,
  },
  held: {
    wasLetRun: false,
    happened: 'The target is on hold, or another action had it. Nothing ran.',
    next: AGAIN_IS_NEW,
  },
  lost: {
    wasLetRun: true,
    happened: 'Its workflow was ended from outside, and its effect may stand.',
    next: PEOPLE_LOOK,
  },
};

/** The answer while an action is under way. */
export function pending(actionId: string, status: Status, inboxUrl: string | undefined): Answer {
  const where = inboxUrl === undefined ? '' : ` People decide at ${inboxUrl}.`;
  return {
    kind: 'pending',
    actionId,
    status,
    ...(inboxUrl === undefined ? {} : { inboxUrl }),
    pollAfterMs: POLL_AFTER_MS,
    words:
      `Action ${actionId} is not over. ${UNDER_WAY[status]}${where} It goes on by itself, whatever you do. ` +
      'Do not ask for it a second time. Nothing is known to have succeeded yet.',
  };
}

/** The answer about an action that ended. `called` is what the tool was called with. */
export function over(
  actionId: string,
  state: ActionState & { readonly outcome: NonNullable<ActionState['outcome']> },
  called: Arguments,
): Answer {
  const { outcome, edits, action, proposal } = state;
  const { wasLetRun, happened, next } = ENDINGS[outcome.kind];
  const wasEdited = edits.length > 0;
  const args = wasEdited ? withParams(called, proposal.params, action?.params ?? proposal.params) : called;
  return {
    kind: 'over',
    actionId,
    outcome: outcome.kind,
    wasLetRun,
    args,
    wasEdited,
    words: [
      `Action ${actionId} ended: ${outcome.kind}. ${happened}`,
      `In Countersign's record: ${JSON.stringify(outcome.reason)}.`,
      ...edits.map(
        ({ by, reason }) => `${by} changed the arguments before, and said why: ${JSON.stringify(reason)}.`,
      ),
      ...(wasEdited
        ? [
            `You asked for ${JSON.stringify(proposal.params)}; ` +
              `${wasLetRun ? 'what ran' : 'what was decided on'} is ${JSON.stringify(action?.params)}.`,
          ]
        : []),
      next,
    ].join(' '),
  };
}

/** The arguments of a call, with other parameters of the action in place of those that were proposed. */
const withParams = (called: Arguments, proposed: Arguments, edited: Arguments): Arguments => ({
  ...Object.fromEntries(Object.entries(called).filter(([name]) => !(name in proposed))),
  ...edited,
});

/** The answer about what cannot be governed. Faults are named as the model knows them: by the arguments of the tool. */
export function refused(faults: readonly Fault[]): Answer {
  const asCalled = faults.map(({ where, problem }) => ({ where: inArguments(where), problem }));
  return {
    kind: 'refused',
    faults: asCalled,
    words: [
      'The request is refused, and nothing ran. Correct this and call the tool again:',
      ...asCalled.map(({ where, problem }) => `${where}: ${problem}`),
    ].join('\n'),
  };
}

const inArguments = (where: string) =>
  where.replace(/^params\./, '').replace(/^(rationale|(?=evidence|successCriteria))\.?/, 'explanation.');

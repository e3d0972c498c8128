import type { Message } from '../activities/ports/channels.ts';
import type { Tier } from '../domain/action/action.ts';
import type { OutcomeKind } from '../domain/action/outcome.ts';
import { ableIn, peopleIn, type Requirement } from '../domain/approval/requirement.ts';
import type { Settlement } from '../domain/approval/settlement.ts';
import type { Route } from '../domain/escalation/route.ts';
import { routeDurationOf } from '../domain/escalation/route-duration.ts';
import { keepersIn, type MessageKind } from '../domain/record/announcement.ts';
import { silenceText } from '../domain/ruling/notices.ts';
import { inWords, oneLine, utc } from './text.ts';

/** The words for one kind of message. All are the machine's. */
export interface Wording {
  /** Two or three words that begin the subject. */
  readonly label: string;
  /** The first sentence. */
  readonly opening: string;
  /** What is asked of the reader, by when, and what silence will do. */
  readonly ask: readonly string[];
  /** The urgency in the terms of PagerDuty's Events API v2. `error` and above wake people. */
  readonly urgency: 'critical' | 'error' | 'warning' | 'info';
}

/** The words of a message, for readers who may decide or for readers who are only told. */
export function wordingOf(message: Message, reads: 'decides' | 'told'): Wording {
  const wording = WORDINGS[message.kind](message);
  return reads === 'decides' || !asks(message) ? wording : { ...wording, ...onlyTold(message, wording) };
}

/** Whether a message asks for a decision: then its words depend on the reader. */
export const asks = ({ kind }: Pick<Message, 'kind'>) => ASKS.includes(kind);

const ASKS: readonly MessageKind[] = ['approvalRequested', 'windowOpened', 'edited', 'reviewDue'];

/** Whether a decision is awaited from the readers, so that they must be told how to decide. */
export const awaitsDecision = (message: Message, reads: 'decides' | 'told') =>
  reads === 'decides' && asks(message) && requirementOf(message) !== undefined;

/** The people whom a message asks. An action that people approved is reviewed only if the glass was broken for it. */
export function requirementOf({ kind, ruling }: Message): Requirement | undefined {
  if (kind === 'reviewDue' || kind === 'reviewOverdue')
    return 'review' in ruling ? ruling.review.requirement : ruling.breakGlassReview?.requirement;
  return 'requirement' in ruling ? ruling.requirement : undefined;
}

/** Whether a person may and can decide on the subject of a message. */
export function mayDecide(message: Message, person: string): boolean {
  const requirement = requirementOf(message);
  return requirement !== undefined && ableIn(requirement).includes(person);
}

/** The words for readers who are only told. INVARIANT 4: a person who may never decide is not asked to. */
function onlyTold(message: Message, { opening }: Wording): Partial<Wording> {
  const requirement = requirementOf(message);
  const approverNames = requirement ? peopleIn(requirement).join(', ') : '';
  return {
    ...(message.kind === 'approvalRequested' ? { label: 'Waiting for approval' } : {}),
    opening: `${opening} This is for your information: you do not decide on it.`,
    ask: [
      approverNames === ''
        ? 'Nothing. No answer is needed.'
        : `Nothing from you. ${approverNames} may decide${byDeadline(message)}.`,
      ...(message.kind === 'reviewDue' ? [] : onSilence(message)),
    ],
    urgency: 'info',
  };
}

export const TIER_MEANS: Readonly<Record<Tier, string>> = {
  1: 'runs at once, a person reviews it afterwards',
  2: 'runs after a window in which people can stop it',
  3: 'runs only if people approve it',
  4: 'is never run by Countersign, people act themselves',
};

const WORDINGS: Readonly<Record<MessageKind, (message: Message) => Wording>> = {
  approvalRequested: (message) => ({
    label: 'Approval needed',
    opening: 'An agent asks to do this. It runs only if people approve it.',
    ask: [`Approve it or deny it${byDeadline(message)}.`, ...onSilence(message)],
    urgency: 'error',
  }),
  windowOpened: (message) => ({
    label: 'Runs unless denied',
    opening: 'An agent will do this when its window ends, unless somebody denies it first.',
    ask: [
      `Deny it${byDeadline(message)} to stop it, or approve it to start it at once.`,
      ...onSilence(message),
    ],
    urgency: 'error',
  }),
  proceeding: ({ action, ruling }) => ({
    label: 'Proceeding',
    opening: 'Nobody decided on this within its window. It runs now that on-call is told.',
    ask: [
      `Keep an eye on ${action.target}. ${'requirement' in ruling ? peopleIn(ruling.requirement).join(', ') : 'Nobody'} can deny it until it runs, and after that revoke it.`,
      action.watch && action.rollback
        ? 'Its metrics are watched. If they get worse, it is rolled back and you are told.'
        : 'It is not rolled back automatically.',
    ],
    urgency: 'error',
  }),
  inconclusive: (message) => ({
    label: 'Keep it or take it back',
    opening: `This ran, and its watch cannot tell whether it did harm: ${oneLine(message.said ?? '', 600)}.`,
    ask: [
      `Look at ${message.action.target}, then keep it, extend its watch or revoke it${byDeadline(message)}. ${keepersIn(message.ruling).join(', ')} may.`,
      message.action.rollback
        ? 'If nobody keeps it, it is taken back.'
        : 'It has no rollback: if nobody keeps it, its target is held and on-call is paged.',
    ],
    urgency: 'error',
  }),
  settled: ({ settlement }) => ({
    label: 'Settled',
    // People's own words are also one line, without links.
    opening: settlement ? oneLine(settledAs(settlement), 600) : 'No decision is needed any more.',
    ask: ['Nothing. No answer is needed.'],
    urgency: 'info',
  }),
  recommended: () => ({
    label: 'Recommended, not run',
    opening: 'An agent recommends this. Countersign has run nothing and will run nothing.',
    ask: ['Do it yourselves if you agree. No answer is needed, and silence does nothing.'],
    urgency: 'info',
  }),
  rolledBack: ({ action }) => ({
    label: 'Rolled back',
    opening: 'This was run, and then it was rolled back.',
    ask: [`Check that ${action.target} is as it was before. No answer is needed.`],
    urgency: 'error',
  }),
  rollbackFailed: ({ action }) => ({
    label: 'ROLLBACK FAILED',
    opening: 'This may have run, and it could not be rolled back: its effect may still be in production.',
    ask: [
      `Act now: bring ${action.target} into a state you know.`,
      `Countersign runs nothing more on ${action.target} until people release it. Silence changes nothing.`,
    ],
    urgency: 'critical',
  }),
  rollbackUnverified: ({ action }) => ({
    label: 'ROLLBACK NOT VERIFIED',
    opening: 'This was run and rolled back, and its metrics are not known to be back.',
    ask: [
      `Act now: find out how ${action.target} is, and bring it into a state you know.`,
      `Countersign runs nothing more on ${action.target} until people release it. Silence changes nothing.`,
    ],
    urgency: 'critical',
  }),
  targetHeld: ({ action }) => ({
    label: 'Target held',
    opening: `Countersign runs nothing more on ${action.target} until people release it.`,
    ask: [`Find out what state ${action.target} is in, then release it. Silence changes nothing.`],
    urgency: 'critical',
  }),
  closed: ({ outcome }) => ({
    ...(outcome ? OUTCOME_WORDS[outcome.kind] : { label: 'Closed', opening: 'This action is closed.' }),
    ask: ['Nothing. No answer is needed.'],
    urgency: 'info',
  }),
  reviewDue: (message) => ({
    label: 'Review due',
    opening: 'This was run without a person approving it, and nobody has reviewed it yet.',
    ask: [
      `Review it${byDeadline(message)}: approve if you would have let it run, deny if not. What was done stays as it is.`,
      'If nobody does, it is recorded that it was never reviewed.',
    ],
    urgency: 'info',
  }),
  reviewOverdue: (message) => ({
    label: 'Review overdue',
    opening: 'This was run without a person approving it, and nobody reviewed it in time.',
    ask: [
      `The review was due${byDeadline(message)}, and it is recorded as missed.`,
      'review' in message.ruling && message.ruling.review.escalate
        ? 'Review it anyway: a late review still counts. That it was late stays on record.'
        : 'Look at it anyway. No answer is needed.',
    ],
    urgency: 'warning',
  }),
  lost: ({ action }) => ({
    label: 'LOST',
    opening:
      'The workflow of this action was ended from outside. Its effect may stand in production, and nobody watches it.',
    ask: [
      `Look at ${action.target} now. Then run one of:`,
      `countersign take-back ${action.id} --reason "..." (the approved rollback is sent)`,
      `countersign release ${action.id} --reason "..." (the effect stays, and the target is released)`,
      `Until then Countersign runs nothing else on ${action.target}.`,
    ],
    urgency: 'critical',
  }),
  differs: ({ action, said = '' }) => ({
    label: 'RECORDS DIFFER',
    opening: `What the ledger says of this action is not what else is known of it: ${said}.`,
    ask: [
      `Find out which is right: countersign ledger reconcile ${action.id}`,
      'You are told of a difference once.',
    ],
    urgency: 'critical',
  }),
  anomaly: ({ action }) => ({
    label: 'Out of the ordinary',
    opening: `Recent decisions or requests are out of the ordinary. Until people lift the hold, nothing that ${action.agent.id} asks for runs without approval.`,
    ask: [
      'Find out whether people still read what they approve. What people approve runs as before.',
      'The ledger keeps the evidence with the hold. countersign hold list names the hold, countersign hold lift ends it.',
    ],
    urgency: 'warning',
  }),
  questionAsked: () => ({
    label: 'Question asked',
    opening: 'Somebody who may decide on this has a question to the agent.',
    ask: ['Have the agent answer it: action.answer(questionId, text). The deadline does not change.'],
    urgency: 'info',
  }),
  edited: (message) => ({
    label: 'Edited',
    opening: 'Somebody changed what would run. Earlier decisions do not count any more.',
    ask: ['Look at the new revision, and approve it or deny it.', ...onSilence(message)],
    urgency: 'warning',
  }),
  glassBroken: ({ action }) => ({
    label: 'GLASS BROKEN',
    opening: 'Somebody broke the glass: this runs for an incident, without waiting for the approvers.',
    ask: [
      `Look at ${action.target} now. It is watched as strictly as possible, and rolled back if anything is wrong.`,
      'Everybody who could have decided can revoke it until it is closed. It is reviewed within 24 hours.',
    ],
    urgency: 'warning',
  }),
  revoked: ({ action }) => ({
    label: 'Revoked',
    opening: 'Somebody revoked this. What had run was rolled back.',
    ask: [`Check that ${action.target} is as it was before. No answer is needed.`],
    urgency: 'warning',
  }),
};

/** How the waiting for people ended, in one sentence. */
function settledAs(settlement: Settlement): string {
  switch (settlement.kind) {
    case 'approved':
      return `Decided: ${settlement.by.join(', ')} approved it.`;
    case 'denied':
      return `Decided: ${settlement.by} denied it${settlement.reason ? `, because: ${settlement.reason}` : ''}.`;
    case 'brokenGlass':
      return `${settlement.by} broke the glass for ${settlement.incident}, so it runs at once. The reason: ${settlement.reason}.`;
    case 'proceed':
      return 'Nobody decided in its window, so it runs.';
    case 'expired':
    case 'undeliverable':
      return `It is not run: ${settlement.reason}.`;
  }
}

/** The words for an action that ended, by outcome. */
export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, Pick<Wording, 'label' | 'opening'>>> = {
  succeeded: { label: 'Succeeded', opening: 'This was run, and its metrics stayed within their limits.' },
  rolledBack: { label: 'Rolled back', opening: 'This was run, and then it was rolled back.' },
  rollbackFailed: {
    label: 'Rollback failed',
    opening: 'This may have run, and it could not be rolled back: its effect may still be in production.',
  },
  rollbackUnverified: {
    label: 'Rollback not verified',
    opening: 'This was run and rolled back, and its metrics are not known to be back.',
  },
  failed: { label: 'Failed', opening: 'This was tried, and it had no effect.' },
  recommended: { label: 'Recommended, not run', opening: 'This was recommended to people. Nothing was run.' },
  deniedByPerson: { label: 'Denied by a person', opening: 'A person denied this. Nothing was run.' },
  deniedByPolicy: { label: 'Denied by policy', opening: 'The rules forbid this. Nothing was run.' },
  expired: { label: 'Expired', opening: 'Its time ran out before it could run. Nothing was run.' },
  undeliverable: {
    label: 'Nobody could be asked',
    opening: 'Nobody who may decide on this could be reached. Nothing was run.',
  },
  cancelled: {
    label: 'Cancelled',
    opening: 'The requester cancelled this. Nothing of it is left in production.',
  },
  superseded: { label: 'Superseded', opening: 'Another action took the place of this one. Nothing was run.' },
  revoked: { label: 'Revoked', opening: 'A person revoked this.' },
  held: {
    label: 'Not run, on hold',
    opening: 'It is on hold, or another action had the target. Nothing was run.',
  },
  lost: {
    label: 'Lost',
    opening: 'Its workflow was ended from outside, before Countersign could end it.',
  },
};

const byDeadline = ({ deadline }: Message) => (deadline === undefined ? '' : ` by ${utc(deadline)}`);

function onSilence({ ruling, action }: Message): string[] {
  if (!('route' in ruling)) return [];
  const { route, admitWithinMs } = ruling;
  const proceeds = route.onSilence === 'proceed';
  return [
    silenceText(ruling, action),
    `${isGraph(route) ? 'Who may be asked' : 'Asked in turn'}: ${turns(route)}. That is ${inWords(routeDurationOf(route))} in all.`,
    ...(route.holdMs === undefined
      ? []
      : [
          `After the first acknowledgement, the next step comes ${inWords(route.holdMs)} later at the earliest.`,
        ]),
    `Once ${proceeds ? 'the window is over' : 'approved'} it must start within ${inWords(admitWithinMs)}, or it expires.`,
  ];
}

/** Whether a route can go more than one way. */
const isGraph = ({ steps }: Route) => steps.some((step) => 'when' in step || 'repeatFrom' in step);

function turns({ steps }: Route): string {
  return steps
    .flatMap((step) => ('by' in step ? [step] : []))
    .map(({ by, whom, waitMs }) =>
      waitMs === 0 ? `${whom} by ${by} at once` : `${whom} by ${by}, with ${inWords(waitMs)} to answer`,
    )
    .join('; then ');
}

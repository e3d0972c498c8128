import { CancellationScope } from '@temporalio/workflow';
import type { Ballot } from '../domain/approval/ballot.ts';
import type { DecisionStatement } from '../domain/approval/decision-statement.ts';
import { whyNotSaid } from '../domain/approval/interventions.ts';
import { type Refused, refuse } from '../domain/approval/refusal.ts';
import { decided } from '../domain/approval/settlement.ts';
import { tallyOf } from '../domain/approval/vote-tally.ts';
import { saidOn } from '../domain/record/allowed-decisions.ts';
import { questionId } from '../domain/record/announcement.ts';
import { faultsText } from '../domain/shared/json.ts';
import type { ActionRecord } from './action-record.ts';
import { revise } from './activities.ts';
import type { Words } from './decisions.ts';
import { tell } from './notify.ts';

/** What people may say of an action besides votes, and what is done then. */
export const wordsOn = (record: ActionRecord): Words => ({
  voted: (ballot, jws) => recordVote(record, ballot, jws),
  whyNot: (statement, jws) => {
    const said = saidOn(record.state, record.known.action.params, record.editing);
    return whyNotSaid(said, statement, questionId(jws));
  },
  hear: async (statement, jws) => {
    const { verdict, person, reason = '', incident = '' } = statement;
    const at = Date.now();
    switch (verdict) {
      case 'ask':
        ask(record, statement, jws);
        return undefined;
      case 'breakGlass':
        record.add({ breakGlass: { person, reason, incident, at, jws } });
        return undefined;
      case 'revoke':
        record.add({ revocation: { by: person, reason, at, jws } });
        record.stop();
        return undefined;
      case 'edit':
        return edit(record, statement, jws);
      case 'acknowledge':
        acknowledge(record, statement);
        return undefined;
      default:
        return refuse('malformed', `${verdict} is a vote`);
    }
  },
});

function acknowledge(record: ActionRecord, { person, decidedAt }: DecisionStatement): void {
  const { acknowledgements = [] } = record.state;
  // Never ahead of the server: a hold that begins later would be longer.
  const at = Math.min(decidedAt, Date.now());
  record.add({ acknowledgements: [...acknowledgements, { person, at }] });
  record.whenAcknowledged();
}

/**
 * Lists show whose decision is still missing. What settles it is recorded by the step that follows from it.
 */
function recordVote({ asked, record }: ActionRecord, { votes }: Ballot, jws: string): void {
  if (asked && tallyOf(asked.requirement, votes).kind === 'open') record(jws);
}

function ask(record: ActionRecord, { person, reason: text = '' }: DecisionStatement, jws: string): void {
  const { questions } = record.state;
  record.add({ questions: [...questions, { id: questionId(jws), person, text, at: Date.now() }] });
  record.record(jws);
  record.inBackground(tell(record, { kind: 'questionAsked', jws }, { by: 'mail', whom: 'requester' }));
}

/**
 * Makes the next revision. What would run is found out first, by an activity, and until then it stays as it is: whoever
 * decides on it meanwhile was faster, and a refused edit changes nothing.
 */
async function edit(
  record: ActionRecord,
  { digest: digestBefore }: DecisionStatement,
  jws: string,
): Promise<Refused | undefined> {
  record.editing = true;
  try {
    // A cancellation has its own way: it must not end a message's handler, and with it the workflow.
    const revised = await CancellationScope.nonCancellable(() => revise(jws));
    if (revised.kind === 'refused')
      return refuse('editRefused', `the edit is refused, nothing is changed: ${faultsText(revised.faults)}`);
  } finally {
    record.editing = false;
  }
  if (!isOpen(record, digestBefore))
    return refuse('notOpen', 'it was decided, or changed, while the edit was looked at');
  record.revised = jws;
  return undefined;
}

/** Whether people are still asked about this, and nobody was faster. */
function isOpen({ asked, state }: ActionRecord, digest: string): boolean {
  if (asked?.digest !== digest || !asked.takes.includes('edit') || Date.now() >= asked.deadline) return false;
  return decided(asked.requirement, state.votes, state.breakGlass) === undefined;
}

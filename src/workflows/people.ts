import { CancellationScope } from '@temporalio/workflow';
import type { Ballot } from '../domain/ballot.ts';
import { digestOf } from '../domain/digest.ts';
import { decided } from '../domain/gate.ts';
import { faultsText } from '../domain/json.ts';
import { type Refused, refuse } from '../domain/refusal.ts';
import { whyNotSaid } from '../domain/said.ts';
import type { DecisionStatement } from '../domain/statement.ts';
import { standingOf } from '../domain/votes.ts';
import type { ActionRecord } from './action-record.ts';
import { record as recordActivity, revise } from './activities.ts';
import type { Words } from './decisions.ts';
import { tell } from './tell.ts';

/** What people may say of an action besides votes, and what is done then. */
export const wordsOn = (record: ActionRecord): Words => ({
  voted: (ballot) => recordVotes(record, ballot),
  whyNot: (statement) => {
    const { questions, edits } = record.state;
    return whyNotSaid({ params: record.known.action.params, questions, edits }, statement);
  },
  hear: async (statement, jws) => {
    const { verdict, person, reason = '', incident = '' } = statement;
    const at = Date.now();
    switch (verdict) {
      case 'ask':
        ask(record, statement, jws);
        return undefined;
      case 'breakGlass':
        // The first one is the one that broke it.
        if (record.state.breakGlass) return undefined;
        record.add({ breakGlass: { person, reason, incident, at, jws } });
        return undefined;
      case 'revoke':
        // The first one is the one that stops it.
        if (record.state.revocation) return undefined;
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

/** Whoever looks at it says so once. */
function acknowledge(record: ActionRecord, { person, decidedAt }: DecisionStatement): void {
  const { acknowledgements = [] } = record.state;
  if (acknowledgements.some((earlier) => earlier.person === person)) return;
  // Never ahead of the server: a hold that begins later would be longer.
  const at = Math.min(decidedAt, Date.now());
  record.add({ acknowledgements: [...acknowledgements, { person, at }] });
  record.whenAcknowledged();
}

/**
 * Lists show whose decision is still missing. What settles it is recorded by the step that follows from it.
 */
function recordVotes(record: ActionRecord, { votes, withdrawals }: Ballot): void {
  const { asked, state } = record;
  if (!asked || standingOf(asked.requirement, votes).kind !== 'open') return;
  // Grows with each vote and with each one that is withdrawn.
  const nth = `${state.earlierRounds.length + 1}/${votes.length + 2 * withdrawals.length}`;
  const { runId } = record;
  record.inBackground(
    recordActivity({
      ...{ actionId: record.known.action.id, runId, kind: 'voted', nth, at: Date.now() },
      body: { digest: asked.digest, votes },
    }),
  );
}

/** A copy of a question is the same question. */
function ask(record: ActionRecord, { person, reason: text = '' }: DecisionStatement, jws: string): void {
  const { questions } = record.state;
  const id = digestOf(jws).slice(0, 12);
  if (questions.some((question) => question.id === id)) return;
  record.add({ questions: [...questions, { id, person, text, at: Date.now() }] });
  const { requester } = record.known.ruling.people;
  record.inBackground(
    tell(record, {
      ...{ by: 'mail', whom: 'requester', people: requester, kind: 'questionAsked', step: `question-${id}` },
      ...{ aside: true, said: `${person} asks (question ${id}): ${text}` },
    }),
  );
}

/**
 * Makes the next revision. What would run is found out first, by an activity, and until then it stays as it is: whoever
 * decides on it meanwhile was faster, and a refused edit changes nothing.
 */
async function edit(
  record: ActionRecord,
  { person: by, reason = '', params = {}, digest: digestBefore }: DecisionStatement,
  jws: string,
): Promise<Refused | undefined> {
  const { proposal, edits } = record.state;
  const at = Date.now();
  const editors = [...edits.map((each) => each.by), by];
  // A cancellation has its own way: it must not end a message's handler, and with it the workflow.
  const revised = await CancellationScope.nonCancellable(() => revise({ proposal, params, editors, at }));
  if (revised.kind === 'refused') {
    return refuse('editRefused', `the edit is refused, nothing is changed: ${faultsText(revised.faults)}`);
  }
  if (!isOpen(record, digestBefore))
    return refuse('notOpen', 'it was decided, or changed, while the edit was looked at');
  const { action, impact } = revised;
  record.revised = { action, impact, drift: [], edit: { by, reason, at, digestBefore }, jws };
  return undefined;
}

/** Whether people are still asked about this, and nobody was faster. */
function isOpen({ asked, state }: ActionRecord, digest: string): boolean {
  if (asked?.digest !== digest || !asked.takes.includes('edit') || Date.now() >= asked.deadline) return false;
  return decided(asked.requirement, state.votes, state.breakGlass) === undefined;
}

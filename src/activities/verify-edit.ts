import { hear } from '../domain/approval/count-statements.ts';
import type { DecisionStatement } from '../domain/approval/decision-statement.ts';
import { NOTHING_SAID, whyNotSaid } from '../domain/approval/interventions.ts';
import { refuse } from '../domain/approval/refusal.ts';
import { questionOn } from '../domain/ruling/open-question.ts';
import { type Case, notOnRecord } from './step.ts';

/**
 * Verifies a person's signed edit of the action on record.
 *
 * @throws ApplicationFailure `NotOnRecord` where nobody entitled signed it, or the edit has no place now
 */
export function editIn({ record, workflowId, runId, at }: Case, jws: string): DecisionStatement {
  const { ruled, settled, edits } = record;
  const open = ruled && !settled && record.again.length === 0;
  const question =
    open &&
    questionOn({ workflowId, runId }, ruled.ruling, { kind: 'waiting', deadline: Number.POSITIVE_INFINITY });
  const judged = question ? hear(question, { jws }, at) : refuse('notOpen', 'people are not waited for');
  if (judged.kind === 'refused') throw notOnRecord(judged.reason);
  if (judged.kind !== 'said' || judged.statement.verdict !== 'edit' || !ruled)
    throw notOnRecord('it is no edit');
  const { params } = ruled.action;
  const against = whyNotSaid({ ...NOTHING_SAID, params, edits }, judged.statement, '');
  if (against) throw notOnRecord(against.reason);
  return judged.statement;
}

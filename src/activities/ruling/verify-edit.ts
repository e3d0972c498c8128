import { hear } from '../../domain/approval/count-statements.ts';
import type { DecisionStatement } from '../../domain/approval/decision-statement.ts';
import { NOTHING_SAID, whyNotSaid } from '../../domain/approval/interventions.ts';
import { refuse } from '../../domain/approval/refusal.ts';
import { questionOn } from '../../domain/ruling/open-question.ts';
import { type Case, notOnRecord } from '../shared/step.ts';

/**
 * Verifies a person's signed edit of the action on record.
 *
 * @throws ApplicationFailure `NotOnRecord` where nobody entitled signed it, or the edit has no place now
 */
export function editIn({ record, workflowId, runId, at }: Case, jws: string): DecisionStatement {
  const { ruled, settled, edits } = record;
  const isOpen = ruled && !settled && record.again.length === 0;
  const question =
    isOpen &&
    questionOn({ workflowId, runId }, ruled.ruling, { kind: 'waiting', deadline: Number.POSITIVE_INFINITY });
  const judgement = question ? hear(question, { jws }, at) : refuse('notOpen', 'people are not waited for');
  if (judgement.kind === 'refused') throw notOnRecord(judgement.reason);
  if (judgement.kind !== 'said' || judgement.statement.verdict !== 'edit' || !ruled)
    throw notOnRecord('it is no edit');
  const { params } = ruled.action;
  const objection = whyNotSaid({ ...NOTHING_SAID, params, edits }, judgement.statement, '');
  if (objection) throw notOnRecord(objection.reason);
  return judgement.statement;
}

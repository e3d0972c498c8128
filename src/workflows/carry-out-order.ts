import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { startOf } from '../contract/start-action.ts';
import type { Proposal } from '../domain/action/action.ts';
import type { CarriedOut } from '../domain/orders/order.ts';
import { carryOut } from './activities.ts';
import { governAction } from './govern-action.ts';

/**
 * Carries out an order that a person signed: a grant, a hold or the end of one, a delegation or the end of one, what becomes of a lost action,
 * a report, or the wish to take an action back, which becomes an action of its own. There is one workflow per order, with the id
 * `order/<digest of its JWS>`, so the same order sent twice is carried out once. The workflow fails only with `OrderRefused`, and then nothing
 * was changed.
 */
export async function carryOutOrder(jws: string): Promise<CarriedOut> {
  const carried = await carryOut(jws);
  if (!('proposal' in carried)) return carried;
  const { proposal, ...done } = carried;
  await start(proposal);
  return done;
}

/** Starts the workflow of an action that lives on after this one, unless it runs already. Only a refused one is started again. */
async function start(proposal: Proposal): Promise<void> {
  try {
    await startChild(governAction, {
      ...startOf(proposal),
      args: [proposal],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

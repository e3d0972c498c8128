import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import { CARRY_OUT_ORDER, GOVERN_ACTION, REVIEW_ACTION } from '../contract/ids.ts';
import { type AdmitDeps, createAdmit } from './admit.ts';
import { type AssessDeps, createAssess } from './assess.ts';
import { type CloseDeps, createClose } from './close.ts';
import { createDelegations, type DelegationDeps } from './delegations.ts';
import { createExecute, type ExecuteDeps } from './execute.ts';
import { createMeasure, type MeasureDeps } from './measure.ts';
import { createNotify, type NotifyDeps } from './notify.ts';
import { createOrder, type OrderDeps } from './order.ts';
import { createRevise, type ReviseDeps } from './revise.ts';
import { createRule, type RuleDeps } from './rule.ts';
import { createStanding, type StandingDeps } from './standing.ts';

export type ActivityDeps = AssessDeps &
  RuleDeps &
  ReviseDeps &
  AdmitDeps &
  ExecuteDeps &
  MeasureDeps &
  NotifyDeps &
  CloseDeps &
  StandingDeps &
  DelegationDeps &
  OrderDeps;

/** Every step of `governAction` that touches something. Each one is safe to repeat. */
export function createActivities(deps: ActivityDeps) {
  const { check, assess } = createAssess(deps);
  return {
    // These change nothing and ask nobody, and clients ask for them by themselves: the first before they propose.
    check,
    ...createStanding(deps),
    ...createDelegations(deps),
    ...asSteps([CARRY_OUT_ORDER], createOrder(deps)),
    ...asSteps([GOVERN_ACTION, REVIEW_ACTION], {
      assess,
      ...createRule(deps),
      ...createRevise(deps),
      ...createAdmit(deps),
      ...createExecute(deps),
      ...createMeasure(deps),
      ...createNotify(deps),
      ...createClose(deps),
    }),
  };
}

export type Activities = ReturnType<typeof createActivities>;

/**
 * INVARIANT 1: a client can start any activity by itself, on an input of its own making. What changes or tells anything
 * runs as a step of a workflow that governs, or not at all.
 */
function asSteps<Steps extends Record<string, (...input: never[]) => Promise<unknown>>>(
  workflows: readonly string[],
  steps: Steps,
): Steps {
  const guarded = Object.entries(steps).map(([name, step]) => [
    name,
    async (...input: never[]) => {
      const { workflowType } = activityInfo();
      if (workflowType !== undefined && workflows.includes(workflowType)) return step(...input);
      throw ApplicationFailure.nonRetryable(
        `${name} runs as a step of ${workflows.join(' or ')} alone; propose the action, or hand in the order, instead`,
      );
    },
  ]);
  return Object.fromEntries(guarded) as Steps;
}

import { actionIdOf } from '../domain/proposal/resolve-proposal.ts';
import type { ReportKind } from '../domain/reports/period.ts';
import { digestOf } from '../domain/shared/digest.ts';

export { actionIdOf };

export const TASK_QUEUE = 'countersign';

/** The workflow that governs an action. */
export const actionWorkflowId = (actionId: string) => `action/${actionId}`;

/** The page of an action, where people decide. @param gatewayUrl the gateway's address, without a trailing slash */
export const actionPageUrl = (gatewayUrl: string, actionId: string) =>
  `${gatewayUrl}/actions/${encodeURIComponent(actionId)}`;

/** The workflow that reviews an action after it ran by itself. */
export const reviewWorkflowId = (actionId: string) => `review/${actionId}`;

/** The action that a workflow governs or reviews. */
export const actionIdIn = (workflowId: string) => workflowId.slice(workflowId.indexOf('/') + 1);

/** The workflow that carries out a person's order: the same order twice is one workflow. */
export const orderWorkflowId = (jws: string) => `order/${digestOf(jws)}`;

/** The workflow types. */
export const GOVERN_ACTION = 'governAction';
export const REVIEW_ACTION = 'reviewAction';
export const CARRY_OUT_ORDER = 'carryOutOrder';
export const CHECKPOINT_LEDGER = 'checkpointLedger';
export const REPORT_LEDGER = 'reportLedger';
export const RECONCILE_LEDGER = 'reconcileLedger';
export const DRAW_DRILL = 'drawDrill';
export const DRILL = 'drill';

/** The schedule that signs checkpoints of the ledger, one for all workers of a task queue. */
export const checkpointScheduleId = (taskQueue: string) => `checkpoints/${taskQueue}`;

/** The schedule that sends the reports of a kind, one for all workers of a task queue. */
export const reportScheduleId = (kind: ReportKind, taskQueue: string) => `reports/${kind}/${taskQueue}`;
/** The schedule that holds ledger, Temporal and effects against each other, one for all workers of a task queue. */
export const reconcileScheduleId = (taskQueue: string) => `reconcile/${taskQueue}`;

/** The schedule that begins drills, one for all workers of a task queue. */
export const drillScheduleId = (taskQueue: string) => `drills/${taskQueue}`;

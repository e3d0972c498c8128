import { actionIdOf } from '../domain/resolve.ts';

export { actionIdOf };

export const TASK_QUEUE = 'countersign';

/** The workflow that governs an action. */
export const actionWorkflowId = (actionId: string) => `action/${actionId}`;

/** The workflow that reviews an action after it ran by itself. */
export const reviewWorkflowId = (actionId: string) => `review/${actionId}`;

/** The workflow types. */
export const GOVERN_ACTION = 'governAction';
export const REVIEW_ACTION = 'reviewAction';

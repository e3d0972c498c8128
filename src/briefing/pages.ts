import { actionPageUrl, actionWorkflowId } from '../contract/ids.ts';

/** The addresses of the pages where people look at actions. */
export interface Pages {
  /**
   * The page of an action is `<uiUrl>/<workflow id>/<run id>`, as it is in Temporal's UI when it ends in
   * `/namespaces/<namespace>/workflows`.
   */
  readonly uiUrl?: string | undefined;
  /**
   * The gateway. The page of an action is `<gatewayUrl>/actions/<action id>`. It is preferred to Temporal's, because people decide
   * there.
   */
  readonly gatewayUrl?: string | undefined;
}

/** The page of an action. In Temporal's UI, without a run: the page of the latest run. */
export function pageOf(
  { uiUrl, gatewayUrl }: Pages,
  actionId: string,
  runId?: string,
  workflowId = actionWorkflowId(actionId),
): string | undefined {
  if (gatewayUrl !== undefined) return actionPageUrl(gatewayUrl, actionId);
  const ids = runId === undefined ? [workflowId] : [workflowId, runId];
  return uiUrl === undefined ? undefined : [uiUrl, ...ids.map(encodeURIComponent)].join('/');
}

import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { billableActions } from './billable.ts';

const { EventType } = proto.temporal.api.enums.v1;
const { HistoryEvent } = proto.temporal.api.history.v1;

export interface HistorySize {
  readonly events: number;
  /** Of the events as they are stored, encoded as protobuf. */
  readonly bytes: number;
  readonly workflowTasks: number;
  /** What Temporal Cloud would bill. */
  readonly billable: number;
  /** How often the server changed the state of the workflow, as it counts it. */
  readonly stateTransitions: number;
  /** The events in order, each with its bytes. */
  readonly list: readonly { readonly type: string; readonly bytes: number }[];
}

/** What a workflow's history costs. */
export async function historySize(client: Client, workflowId: string): Promise<HistorySize> {
  const workflow = client.workflow.getHandle(workflowId);
  const [{ events }, { raw }] = await Promise.all([workflow.fetchHistory(), workflow.describe()]);
  const list = (events ?? []).map((event) => ({
    type: String(EventType[event.eventType ?? 0]).replace('EVENT_TYPE_', ''),
    bytes: HistoryEvent.encode(event).finish().length,
  }));
  return {
    events: list.length,
    bytes: list.reduce((sum, { bytes }) => sum + bytes, 0),
    workflowTasks: list.filter(({ type }) => type === 'WORKFLOW_TASK_COMPLETED').length,
    billable: billableActions(events ?? []),
    stateTransitions: Number(raw.workflowExecutionInfo?.stateTransitionCount ?? 0),
    list,
  };
}

import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;
const { HistoryEvent } = proto.temporal.api.history.v1;

export interface HistorySize {
  readonly events: number;
  /** Of the events as they are stored, encoded as protobuf. */
  readonly bytes: number;
  readonly workflowTasks: number;
  /** The events in order, each with its bytes. */
  readonly list: readonly { readonly type: string; readonly bytes: number }[];
}

/** What a workflow's history costs. */
export async function historySize(client: Client, workflowId: string): Promise<HistorySize> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const list = (events ?? []).map((event) => ({
    type: String(EventType[event.eventType ?? 0]).replace('EVENT_TYPE_', ''),
    bytes: HistoryEvent.encode(event).finish().length,
  }));
  return {
    events: list.length,
    bytes: list.reduce((sum, { bytes }) => sum + bytes, 0),
    workflowTasks: list.filter(({ type }) => type === 'WORKFLOW_TASK_COMPLETED').length,
    list,
  };
}

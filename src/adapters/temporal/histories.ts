import { activityInfo, getClient } from '@temporalio/activity';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Histories } from '../../activities/ports/histories.ts';
import type { Fact } from '../../activities/ports/ledger.ts';
import { actionIdIn, actionWorkflowId, GOVERN_ACTION } from '../../contract/ids.ts';
import type { History } from '../../domain/record/reconciliation.ts';
import type { Sealed } from '../../domain/shared/seal.ts';

/** What the server keeps of workflows, for activities. Call it only from an activity. */
export const temporalHistories = historiesAt(() => ({
  client: getClient(),
  taskQueue: activityInfo().taskQueue,
}));

/** What the server keeps of workflows, for callers outside of activities. @param taskQueue the task queue of our workers */
export const createHistories = (client: Client, taskQueue: string): Histories =>
  historiesAt(() => ({ client, taskQueue }));

/** @param where the client to ask by, and the task queue of our workers; looked up at each call, because an activity has them only while it runs */
function historiesAt(where: () => { readonly client: Client; readonly taskQueue: string }): Histories {
  const eventsOf = async (actionId: string, runId: string) =>
    (await where().client.workflow.getHandle(actionWorkflowId(actionId), runId).fetchHistory()).events ?? [];

  return {
    endedSince: async (since) => {
      const ids: string[] = [];
      const { client, taskQueue } = where();
      const query = `ExecutionStatus != 'Running' and TaskQueue = '${taskQueue}' and WorkflowType = '${GOVERN_ACTION}' and CloseTime > '${new Date(since).toISOString()}'`;
      for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 }))
        ids.push(actionIdIn(workflowId));
      return [...new Set(ids)];
    },

    of: (actionId, runId) =>
      unlessGone(
        async (): Promise<History> => {
          const workflowId = actionWorkflowId(actionId);
          const { workflow } = where().client;
          const newest = await workflow.getHandle(workflowId).describe();
          if (newest.status.name === 'RUNNING') return { kind: 'running' };
          const { status, runId: ofRun } =
            runId === undefined || runId === newest.runId
              ? newest
              : await workflow.getHandle(workflowId, runId).describe();
          const events = await eventsOf(actionId, ofRun);
          const names = new Map(
            events.map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
              String(eventId),
              scheduled?.activityType?.name ?? '',
            ]),
          );
          const result = events.at(-1)?.workflowExecutionCompletedEventAttributes?.result;
          const outcome = valuesIn(result).flatMap((value) => kindIn(value) ?? [])[0];
          return {
            kind: 'ended',
            runId: ofRun,
            how: status.name.toLowerCase().replaceAll('_', ' '),
            outcome,
            completed: events.flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
              completed ? (names.get(String(completed.scheduledEventId)) ?? []) : [],
            ),
          };
        },
        { kind: 'gone' } as const,
      ),

    sealedIn: (actionId, runId) =>
      unlessGone(async () => (await eventsOf(actionId, runId)).flatMap(valuesIn).flatMap(sealedValues), []),
  };
}

async function unlessGone<T>(ask: () => Promise<T>, gone: T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return gone;
    throw error;
  }
}

const kindIn = (value: unknown): string | undefined => {
  const kind: unknown = Reflect.get(Object(Reflect.get(Object(value), 'outcome')), 'kind');
  return typeof kind === 'string' ? kind : undefined;
};

/** The JSON values of all payloads in a part of a history, in their order. What is encoded in another way is left out. */
function valuesIn(part: unknown): unknown[] {
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return [];
  const data: unknown = Reflect.get(part, 'data');
  if (!(data instanceof Uint8Array)) return Object.values(part).flatMap(valuesIn);
  try {
    return [JSON.parse(Buffer.from(data).toString('utf8'))];
  } catch {
    return [];
  }
}

/** All sealed facts within a value. */
function sealedValues(value: unknown): Sealed<Fact>[] {
  if (typeof value !== 'object' || value === null) return [];
  const { what, seal } = value as Partial<Sealed<Fact>>;
  // A ticket is sealed too, and is no fact.
  if (typeof seal === 'string') return typeof what?.eventId === 'string' ? [{ what, seal }] : [];
  return Object.values(value).flatMap(sealedValues);
}

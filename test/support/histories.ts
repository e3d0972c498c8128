import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { quiet } from './quiet.ts';

const { History } = proto.temporal.api.history.v1;
const FOLDER = fileURLToPath(new URL('../fixtures/histories/', import.meta.url));

export interface RecordedEvent {
  eventId: string;
  eventType: string;
  eventTime?: unknown;
  [attributes: string]: unknown;
}
export interface Recorded {
  events: RecordedEvent[];
}

/** The files of all recorded histories, by their path in the folder. */
export const recordedHistories = (): string[] =>
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));

export const readHistory = (file: string): Recorded => JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8'));

/** A history as the server gives it, in the form in which histories are recorded. */
export const asRecorded = (history: object): Recorded =>
  History.toObject(History.fromObject(history), { enums: String, longs: String, bytes: String }) as Recorded;

/** Has the present workflow code go through a history. Throws where the code asks for other steps than the history has. */
export function replay(history: Recorded): Promise<void> {
  quiet();
  return Worker.runReplayHistory(
    { workflowBundle: { codePath: inject('workflowBundle') }, replayName: crypto.randomUUID() },
    History.fromObject(history),
    // A decision names the workflow: under another id it would not count.
    String(Reflect.get(Object(history.events[0]?.workflowExecutionStartedEventAttributes), 'workflowId')),
  );
}

/**
 * The same history, with a workflow task ended right after each local activity. A worker does so when somebody queries the workflow
 * meanwhile: what the code asks for next is then among the commands of the next task.
 */
export function endedAfterLocalActivities({ events }: Recorded): Recorded {
  const longer: RecordedEvent[] = [];
  const newIds = new Map<string, string>();
  for (const [index, event] of events.entries()) {
    newIds.set(event.eventId, String(longer.length + 1));
    longer.push(event);
    if (isLocalActivity(event) && isCommand(events[index + 1]))
      longer.push(...taskAfter(event, longer.length + 1));
  }
  return {
    events: longer.map((event, index) => ({
      ...(INSERTED in event ? event : withNewIds(event, newIds)),
      eventId: String(index + 1),
    })),
  };
}

const INSERTED = 'inserted';

/** The events of a workflow task that comes right after this event. The first of them has this id. */
function taskAfter({ eventTime }: RecordedEvent, id: number): RecordedEvent[] {
  const scheduledEventId = String(id);
  const startedEventId = String(id + 1);
  return [
    {
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      workflowTaskScheduledEventAttributes: { attempt: 1 },
    },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_STARTED',
      workflowTaskStartedEventAttributes: { scheduledEventId },
    },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED',
      workflowTaskCompletedEventAttributes: { scheduledEventId, startedEventId },
    },
  ].map((event) => ({ ...event, eventId: '', eventTime, [INSERTED]: true }));
}

const isLocalActivity = (event: RecordedEvent): boolean =>
  Reflect.get(Object(event.markerRecordedEventAttributes), 'markerName') === 'core_local_activity';

/** Whether the event came from a command of the workflow: it names the task that the command came with. */
const isCommand = (event: RecordedEvent | undefined): boolean =>
  JSON.stringify(event ?? {}).includes('"workflowTaskCompletedEventId"');

/** The event with each id of another event replaced. */
const withNewIds = (event: RecordedEvent, newIds: ReadonlyMap<string, string>): RecordedEvent =>
  JSON.parse(
    JSON.stringify(event, (key, value) => (key.endsWith('EventId') ? (newIds.get(value) ?? value) : value)),
  );

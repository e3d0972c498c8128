import proto from '@temporalio/proto';
import { expect, test } from 'vitest';
import { billableActions } from '../../benchmarks/billable.ts';

const { EventType } = proto.temporal.api.enums.v1;
const { HistoryEvent } = proto.temporal.api.history.v1;

const marker = (task: number) =>
  HistoryEvent.fromObject({
    eventType: EventType.EVENT_TYPE_MARKER_RECORDED,
    markerRecordedEventAttributes: { workflowTaskCompletedEventId: task },
  });
const attempt = (number: number) =>
  HistoryEvent.fromObject({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
    activityTaskStartedEventAttributes: { attempt: number },
  });

test('a start, a timer, a signal, an update and an upsert are one action each, and a child workflow two', () => {
  const names = [
    'WORKFLOW_EXECUTION_STARTED',
    'WORKFLOW_TASK_SCHEDULED',
    'WORKFLOW_TASK_COMPLETED',
    'TIMER_STARTED',
    'TIMER_FIRED',
    'WORKFLOW_EXECUTION_SIGNALED',
    'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
    'WORKFLOW_EXECUTION_UPDATE_COMPLETED',
    'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
    'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
    'CHILD_WORKFLOW_EXECUTION_STARTED',
  ] as const;
  expect(billableActions(names.map((name) => ({ eventType: EventType[`EVENT_TYPE_${name}`] })))).toBe(7);
});

test('each attempt of an activity is an action, and all local activities of one workflow task together are one', () => {
  expect(billableActions([attempt(1), attempt(3)])).toBe(4);
  expect(billableActions([marker(4), marker(4), marker(4), marker(9)])).toBe(2);
});

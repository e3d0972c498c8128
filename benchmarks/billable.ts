import proto from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;
type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

/** Events that are one billable action each. */
const ONE_EACH: ReadonlySet<number> = new Set([
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
  EventType.EVENT_TYPE_TIMER_STARTED,
  EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
]);

/** To record that it is to start is one action, the start another. */
const A_CHILD = 2;

/**
 * The number of actions that Temporal Cloud would bill for a history, by its documentation (docs.temporal.io/cloud/actions): a start, timer,
 * signal, accepted update and upsert of search attributes is one each, each attempt of an activity one, and all local activities of one
 * workflow task together one. Queries, heartbeats and refused updates leave no event, and are not counted.
 */
export function billableActions(events: readonly HistoryEvent[]): number {
  const tasksWithMarkers = new Set(
    events.flatMap(({ markerRecordedEventAttributes: marker }) =>
      marker ? [String(marker.workflowTaskCompletedEventId)] : [],
    ),
  );
  return events.reduce((sum, event) => sum + actionsOf(event), tasksWithMarkers.size);
}

function actionsOf({ eventType, activityTaskStartedEventAttributes: started }: HistoryEvent): number {
  if (started) return started.attempt ?? 1;
  if (eventType === EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) return A_CHILD;
  return ONE_EACH.has(eventType ?? 0) ? 1 : 0;
}

import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, test } from 'vitest';
import {
  endedAfterLocalActivities,
  type Recorded,
  readHistory as read,
  recordedHistories,
  replay,
} from '../support/histories.ts';

const files = recordedHistories();

test.each(files)('%s replays', async (file) => {
  await replay(read(file));
});

test.each(files)('%s replays where each workflow task ended after a local activity', async (file) => {
  await replay(endedAfterLocalActivities(read(file)));
});

test('every outcome that this version can reach has a history', () => {
  const outcomes = new Set(files.map((file) => outcomeIn(read(file))));
  const reached = [
    'succeeded',
    'rolledBack',
    'rollbackFailed',
    'recommended',
    'deniedByPerson',
    'expired',
    'undeliverable',
    'cancelled',
    'failed',
    'held',
    'revoked',
  ];
  expect([...outcomes]).toEqual(expect.arrayContaining(reached));
});

/** What a change of the workflow's code looks like from the side of a history that was recorded before it. */
describe('a bent history does not replay', () => {
  const approved = 'action-deploy-agent.raise-timeout.json';

  test.each([
    [
      'an activity that the code no longer asks for',
      'activityTaskScheduled',
      'execute',
      'guess',
      DeterminismViolationError,
    ],
    [
      'an activity that was asked for at another place',
      'activityTaskScheduled',
      'close',
      'admit',
      DeterminismViolationError,
    ],
    ['another workflow type', 'workflowExecutionStarted', 'governAction', 'reviewAction', Error],
  ] as const)('%s', async (_, event, from, to, error) => {
    await expect(replay(renamed(read(approved), event, from, to))).rejects.toThrow(error);
  });

  test('a step that is missing', async () => {
    const history = read(approved);
    const index = history.events.findIndex(({ eventType }) => eventType === 'EVENT_TYPE_TIMER_STARTED');
    history.events[index] = {
      ...history.events[index],
      eventId: String(index + 1),
      eventType: 'EVENT_TYPE_MARKER_RECORDED',
      timerStartedEventAttributes: undefined,
    };
    await expect(replay(history)).rejects.toThrow();
  });
});

const TYPE_OF = { activityTaskScheduled: 'activityType', workflowExecutionStarted: 'workflowType' } as const;

/** The history with the first activity or workflow of this type given another type. */
function renamed(history: Recorded, event: keyof typeof TYPE_OF, from: string, to: string): Recorded {
  const types = history.events.map((each) =>
    Object(Reflect.get(Object(each[`${event}EventAttributes`]), TYPE_OF[event])),
  );
  const found = types.find(({ name }) => name === from);
  if (!found) throw new Error(`the history has no ${from}`);
  found.name = to;
  return history;
}

/** The outcome in the result payload, or nothing for a review. */
function outcomeIn({ events }: Recorded): string | undefined {
  const last = events.at(-1)?.workflowExecutionCompletedEventAttributes;
  const data = /"data": ?"([^"]+)"/.exec(JSON.stringify(last) ?? '')?.[1];
  return data === undefined ? undefined : JSON.parse(Buffer.from(data, 'base64').toString()).outcome?.kind;
}

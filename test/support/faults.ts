import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { type FaultyNetwork, startProxy } from '../adapters/postgres-proxy.ts';
import { PATIENCE, type World } from './world.ts';

interface Activity {
  readonly name: string;
  /** Which attempt at it made it. */
  readonly attempt: number;
}

/** The activities that completed, in the order of the Temporal history. */
export async function activitiesOf({ client }: World, { workflowId }: ActionHandle): Promise<Activity[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const names = new Map<string, string>();
  const attempts = new Map<string, number>();
  const completed: Activity[] = [];
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) names.set(String(event.eventId), scheduled.activityType?.name ?? '');
    const started = event.activityTaskStartedEventAttributes;
    if (started) attempts.set(String(started.scheduledEventId), started.attempt ?? 0);
    const ended = event.activityTaskCompletedEventAttributes;
    if (!ended) continue;
    const id = String(ended.scheduledEventId);
    completed.push({ name: names.get(id) ?? '', attempt: attempts.get(id) ?? 0 });
  }
  return completed;
}

/** Waits until an activity of the action has failed and is tried again: the fault was really met. */
export async function untilRetried({ client }: World, action: ActionHandle, type: string): Promise<void> {
  await vi.waitFor(async () => {
    const { raw } = await client.workflow.getHandle(action.workflowId).describe();
    const pending = raw.pendingActivities?.filter(({ activityType }) => activityType?.name === type) ?? [];
    expect(Math.max(0, ...pending.map(({ attempt }) => attempt ?? 0))).toBeGreaterThan(1);
  }, PATIENCE);
}

export interface Line {
  /** The server's URL, by way of the line. */
  readonly url: string;
  /** Nobody can connect, and who was connected is cut off. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Connections are taken and stay open, and nothing passes. */
  freeze(): void;
  thaw(): void;
  /** A database's client is cut off after its next commit is done and before it hears of it. */
  loseNextCommit(): void;
  close(): Promise<void>;
}

/** A network before the server at `url` that can be cut and mended, always at the same address. */
export async function startLine(url: string): Promise<Line> {
  let proxy: FaultyNetwork | undefined = await startProxy(url);
  const address = proxy.url;
  const cut = async () => {
    await proxy?.close();
    proxy = undefined;
  };
  return {
    url: address,
    cut,
    mend: async () => {
      proxy ??= await startProxy(url, Number(new URL(address).port));
    },
    freeze: () => proxy?.freeze(),
    thaw: () => proxy?.thaw(),
    loseNextCommit: () => proxy?.loseNextCommit(),
    close: cut,
  };
}

interface PagerEvent {
  readonly event_action: string;
  readonly dedup_key: string;
}

interface TestPager {
  readonly url: string;
  /** Its next answers, by HTTP status; the last one stays. */
  answers: number[];
  /** Events that it took: those it answered 202. */
  readonly taken: readonly PagerEvent[];
  /** All events that it was sent. */
  readonly sent: readonly PagerEvent[];
  stop(): void;
}

/** A real HTTP server that answers as PagerDuty's Events API v2 does on a good day, and on the bad days of a test. */
export async function startPager(): Promise<TestPager> {
  const taken: PagerEvent[] = [];
  const sent: PagerEvent[] = [];
  const server = createServer(async (request, response) => {
    const event = (await json(request)) as PagerEvent;
    const [status = 202, ...later] = pager.answers;
    if (later.length > 0) pager.answers = later;
    sent.push(event);
    if (status === 202) taken.push(event);
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"status":"as it was told"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pager: TestPager = {
    url: `http://127.0.0.1:${port}/v2/enqueue`,
    answers: [],
    taken,
    sent,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return pager;
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { type FaultyNetwork, startProxy } from '../adapters/postgres-proxy.ts';
import { PATIENCE, type World } from './world.ts';

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
    close: cut,
  };
}

export interface PagerEvent {
  readonly event_action: string;
  readonly dedup_key: string;
}

export interface TestPager {
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

import { realpathSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { PRODUCT_IDS } from './products.ts';

// Waking up costs more than sending, so a few requests leave together.
const TICK_MS = 50;
const MAX_ITEMS = 5;

export const rateSchema = z.coerce.number().positive().max(2_000);

/**
 * Sends `rate` requests a second to the storefront at `url`, spread evenly over its three services, until stopped.
 * Requests leave on schedule however slow the answers are, as shoppers do not wait for each other.
 */
export function startTraffic(url: string, rate: number, seed: number): { stop(): void } {
  const agent = new Agent({ keepAlive: true });
  const pick = picker(seed);
  let lastTick = performance.now();
  let due = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    // A process that was stopped for a while must not make up for it with a flood.
    due += (rate * Math.min(now - lastTick, 1_000)) / 1_000;
    lastTick = now;
    for (; due >= 1; due -= 1) send(url, agent, shopperRequest(pick));
  }, TICK_MS);
  return {
    stop() {
      clearInterval(timer);
      agent.destroy();
    },
  };
}

interface ShopperRequest {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
}

function shopperRequest(pick: (choices: number) => number): ShopperRequest {
  const item = () => ({ productId: PRODUCT_IDS[pick(PRODUCT_IDS.length)], quantity: 1 + pick(3) });
  switch (pick(3)) {
    case 0:
      return { method: 'GET', path: `/catalog/products/${item().productId}` };
    case 1:
      return { method: 'POST', path: '/cart/items', body: { cartId: `c-${pick(20)}`, ...item() } };
    default:
      return {
        method: 'POST',
        path: '/checkout/orders',
        body: { items: Array.from({ length: 1 + pick(MAX_ITEMS) }, item) },
      };
  }
}

function send(url: string, agent: Agent, { method, path, body }: ShopperRequest): void {
  const outgoing = request(new URL(path, url), {
    method,
    agent,
    headers: { 'Content-Type': 'application/json' },
  });
  outgoing.on('response', (response) => response.resume());
  // A storefront that is down or restarting loses its shoppers' requests; the next ones find it again.
  outgoing.on('error', () => {});
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
}

/** Pseudo-random integers below `choices`: Park and Miller's minimal standard generator, multiplier 48271. */
function picker(seed: number): (choices: number) => number {
  let state = seed;
  return (choices) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % choices;
  };
}

if (import.meta.url === pathToFileURL(realpathSync(process.argv[1] ?? '.')).href) {
  const { values } = parseArgs({ options: { url: { type: 'string' }, rate: { type: 'string' } } });
  const options = z.object({ url: z.url(), rate: rateSchema }).safeParse(values);
  if (options.success) {
    const traffic = startTraffic(options.data.url, options.data.rate, 1);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => traffic.stop());
  } else {
    console.error(
      `usage: traffic.ts --url URL --rate REQUESTS_PER_SECOND\n${z.prettifyError(options.error)}`,
    );
    process.exitCode = 2;
  }
}

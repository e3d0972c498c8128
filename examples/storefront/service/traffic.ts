import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { PRODUCT_IDS } from './products.ts';

// Waking up costs more than sending, so a few requests leave together.
const TICK_MS = 50;
const MAX_ITEMS = 5;

export const rateSchema = z.coerce.number().positive().max(2_000);

/** Answers a request of a shopper: `fetch` over the network, or the storefront itself in its own process. */
type Shop = (request: Request) => Response | Promise<Response>;

/**
 * Sends `rate` requests a second to the storefront at `url`, spread evenly over its three services, until stopped.
 * Requests leave on schedule however slow the answers are, as shoppers do not wait for each other.
 */
export function startTraffic(shop: Shop, url: string, rate: number, seed: number): { stop(): void } {
  const pick = picker(seed);
  let lastTick = performance.now();
  let due = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    // A process that was stopped for a while must not make up for it with a flood.
    due += (rate * Math.min(now - lastTick, 1_000)) / 1_000;
    lastTick = now;
    for (; due >= 1; due -= 1) send(shop, url, shopperRequest(pick));
  }, TICK_MS);
  return { stop: () => clearInterval(timer) };
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

async function send(shop: Shop, url: string, { method, path, body }: ShopperRequest): Promise<void> {
  const request = new Request(new URL(path, url), {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  try {
    const response = await shop(request);
    await response.arrayBuffer();
  } catch {
    // A storefront that is down or restarting loses its shoppers' requests; the next ones find it again.
  }
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
    const traffic = startTraffic(fetch, options.data.url, options.data.rate, 1);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => traffic.stop());
  } else {
    console.error(
      `usage: traffic.ts --url URL --rate REQUESTS_PER_SECOND\n${z.prettifyError(options.error)}`,
    );
    process.exitCode = 2;
  }
}

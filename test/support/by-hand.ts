import { expect } from 'vitest';
import { effectsOf, type Storefront } from '../../examples/storefront/process.ts';

/** An operator changes the version of checkout, past Countersign, with the newest fencing token. */
export async function deployByHand({ url }: Pick<Storefront, 'url'>, version: string): Promise<void> {
  const tokens = (await effectsOf(url)).map(({ fencingToken }) => fencingToken);
  const { status } = await fetch(`${url}/admin/checkout/version`, {
    method: 'PUT',
    headers: {
      'idempotency-key': `by-hand-${crypto.randomUUID()}`,
      'fencing-token': String(Math.max(1, ...tokens)),
    },
    body: JSON.stringify({ version }),
  });
  expect(status).toBe(200);
}

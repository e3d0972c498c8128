import { setTimeout as sleep } from 'node:timers/promises';
import { Hono, type MiddlewareHandler } from 'hono';
import { z } from 'zod';
import type { Metrics } from './metrics.ts';
import { checkBody, Problem } from './problem.ts';
import { PRODUCT_IDS } from './products.ts';
import type { Services } from './services.ts';
import type { ServiceName } from './versions.ts';

const productId = z
  .string()
  .refine((id) => PRODUCT_IDS.includes(id), 'must be the id of a product, p-1 to p-50');
const quantity = z.int().min(1);

/** The shoppers' side of the storefront. */
export function shopRoutes({ catalog, cart, checkout }: Services, metrics: Metrics): Hono {
  const app = new Hono();
  const carts = new Map<string, Map<string, number>>();
  let orders = 0;

  // The limits are read on every request, since operators change them.
  const cartItemSchema = z.strictObject({
    cartId: z.string().min(1).max(50),
    productId,
    quantity: quantity.refine((count) => count <= cart.setting('maxQuantity'), {
      error: () => `must be at most ${cart.setting('maxQuantity')}`,
    }),
  });
  const orderSchema = z.strictObject({
    items: z
      .array(z.strictObject({ productId, quantity }))
      .min(1)
      .refine((items) => items.length <= checkout.setting('maxItems'), {
        error: () => `must have at most ${checkout.setting('maxItems')} items`,
      }),
  });

  app.use('/catalog/*', measured('catalog', metrics));
  app.use('/cart/*', measured('cart', metrics));
  app.use('/checkout/*', measured('checkout', metrics));

  app.get('/catalog/products/:id', async (c) => {
    const id = c.req.param('id');
    if (!PRODUCT_IDS.includes(id)) throw new Problem('not-found', `There is no product ${id}`);
    const [product] = await catalog.capacity.run(() => catalog.products([id]));
    return c.json(product);
  });

  app.post('/cart/items', async (c) => {
    const item = await checkBody(cartItemSchema, c);
    await cart.capacity.run(() => cart.products([item.productId]));
    const lines = carts.get(item.cartId) ?? new Map<string, number>();
    carts.set(item.cartId, lines.set(item.productId, item.quantity));
    return c.json({ cartId: item.cartId, items: Object.fromEntries(lines) }, 201);
  });

  app.post('/checkout/orders', async (c) => {
    const { items } = await checkBody(orderSchema, c);
    const total = await checkout.capacity.run(async () => {
      const products = await checkout.products(items.map((item) => item.productId));
      await pay(items.length, checkout.setting('paymentTimeoutMs'));
      return products.reduce((sum, { price }, index) => sum + price * (items[index]?.quantity ?? 0), 0);
    });
    orders += 1;
    return c.json({ orderId: `o-${orders}`, total }, 201);
  });
  return app;
}

/** The payment provider, which takes longer for longer orders. Throws Problem 504 when that is longer than allowed. */
async function pay(items: number, timeoutMs: number): Promise<void> {
  const answerMs = 8 + 2 * items;
  await sleep(Math.min(answerMs, timeoutMs));
  if (answerMs > timeoutMs) throw new Problem('payment-timeout', `No answer within ${timeoutMs} ms`);
}

function measured(service: ServiceName, metrics: Metrics): MiddlewareHandler {
  return async (c, next) => {
    const start = performance.now();
    await next();
    const end = performance.now();
    metrics.record(service, c.res.status, (end - start) / 1_000, end);
  };
}

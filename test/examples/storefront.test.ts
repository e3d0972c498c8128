import { appendFile, writeFile } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import {
  change,
  effects,
  effectsFile,
  end,
  faults,
  getJson,
  order,
  PATIENCE,
  run,
  state,
  storefront,
  useStorefronts,
} from './storefront-process.ts';

useStorefronts();

describe('a change', () => {
  test('with a repeated idempotency key is made once and answered the same', async () => {
    const { url } = await storefront();
    const first = await change(url, 'PUT checkout/instances', { count: 5 }, { key: 'scale', token: 7 });
    const again = await change(url, 'PUT checkout/instances', { count: 5 }, { key: 'scale', token: 7 });

    expect(first).toMatchObject({ status: 200, replayed: null });
    expect(again).toEqual({ ...first, replayed: 'true' });
    expect(await effects(url)).toMatchObject([
      {
        seq: 1,
        service: 'checkout',
        operation: 'setInstances',
        before: { instances: 3 },
        after: { instances: 5 },
        idempotencyKey: 'scale',
        fencingToken: 7,
      },
    ]);
  });

  test('under a key that was used for another body, service or operation is refused', async () => {
    const { url } = await storefront();
    await change(url, 'PUT checkout/instances', { count: 5 }, { key: 'scale' });
    const others: [string, object][] = [
      ['PUT checkout/instances', { count: 6 }],
      ['PUT cart/instances', { count: 5 }],
      ['POST checkout/cache/flush', {}],
    ];
    for (const [route, body] of others) {
      const refused = await change(url, route, body, { key: 'scale' });
      expect(refused, route).toMatchObject({ status: 422, body: { type: 'idempotency-key-reused' } });
    }
    expect(await effects(url)).toHaveLength(1);
  });

  test('is what an operator reads afterwards', async () => {
    const { url } = await storefront();
    await change(url, 'PUT checkout/version', { version: '3.0.0' });
    await change(url, 'PATCH checkout/config', { key: 'maxItems', value: 30 });
    const now = await fetch(`${url}/admin/checkout`);
    expect(await now.json()).toEqual({
      instances: 3,
      config: { queueLimit: 20, maxItems: 30, paymentTimeoutMs: 2_000 },
      version: '3.0.0',
      dataLayout: 2,
    });
    expect((await fetch(`${url}/admin/nowhere`)).status).toBe(404);
  });

  test('with an older fencing token is refused, on that service only', async () => {
    const { url } = await storefront();
    await change(url, 'PUT cart/instances', { count: 4 }, { token: 10 });

    const stale = await change(url, 'PUT cart/instances', { count: 9 }, { token: 9 });
    expect(stale).toMatchObject({ status: 409, body: { type: 'stale-fencing-token' } });
    expect(await change(url, 'PUT cart/instances', { count: 5 }, { token: 10 })).toMatchObject({
      status: 200,
    });
    expect(await change(url, 'PUT catalog/instances', { count: 5 }, { token: 9 })).toMatchObject({
      status: 200,
    });
    expect(await state(url)).toMatchObject({ cart: { instances: 5 }, catalog: { instances: 5 } });
  });

  test('that was made is told again to its holder even after a newer one came', async () => {
    const { url } = await storefront();
    const made = await change(url, 'PUT cart/instances', { count: 4 }, { key: 'older', token: 1 });
    await change(url, 'PUT cart/instances', { count: 5 }, { token: 2 });

    const again = await change(url, 'PUT cart/instances', { count: 4 }, { key: 'older', token: 1 });
    expect(again).toEqual({ ...made, replayed: 'true' });
    expect(await state(url)).toMatchObject({ cart: { instances: 5 } });
  });

  test('that is malformed is refused with each of its faults', async () => {
    const { url } = await storefront();
    const response = await fetch(`${url}/admin/checkout/config`, {
      method: 'PATCH',
      headers: { 'Fencing-Token': '0' },
      body: JSON.stringify({ key: 'colour', value: 'red', more: true }),
    });

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      type: 'invalid-request',
      status: 400,
      errors: expect.arrayContaining([
        expect.objectContaining({ header: 'Idempotency-Key' }),
        expect.objectContaining({ header: 'Fencing-Token' }),
        expect.objectContaining({ pointer: '#/key', detail: expect.stringContaining('paymentTimeoutMs') }),
        expect.objectContaining({ pointer: '#/value' }),
        expect.objectContaining({ pointer: '#', detail: expect.stringContaining('more') }),
      ]),
    });
  });

  test('outside its bounds is refused where it is wrong', async () => {
    const { url } = await storefront();
    const wrong: [string, object, string][] = [
      ['PUT checkout/instances', { count: 0 }, '#/count'],
      ['PUT checkout/instances', { count: 21 }, '#/count'],
      ['PATCH checkout/config', { key: 'paymentTimeoutMs', value: 60_001 }, '#/value'],
      ['PUT checkout/version', { version: '9.9.9' }, '#/version'],
      ['POST checkout/undo', {}, '#/operation'],
      ['POST checkout/cache/flush', { hard: true }, '#'],
    ];
    for (const [route, body, pointer] of wrong) {
      const refused = await change(url, route, body);
      expect(refused, route).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    }
    expect(await effects(url)).toEqual([]);
  });

  test('is found by its idempotency key, on its service alone', async () => {
    const { url } = await storefront();
    await change(url, 'PUT checkout/instances', { count: 5 }, { key: 'scale' });
    const asked = (path: string) => fetch(`${url}/admin/${path}`);
    expect(await (await asked('checkout/operations/scale')).json()).toMatchObject({
      operation: 'setInstances',
      after: { instances: 5 },
    });
    for (const path of ['cart/operations/scale', 'checkout/operations/other']) {
      const unknown = await asked(path);
      expect(unknown.status, path).toBe(404);
      expect(await unknown.json()).toMatchObject({ type: 'unknown-operation' });
    }
    await faults(url, { operations: 'down' });
    expect((await asked('checkout/operations/scale')).status).toBe(500);
  });

  test('is lost, or its answer is, while the fault is on', async () => {
    const { url } = await storefront();
    await faults(url, { changes: 'lost' });
    expect(await change(url, 'PUT cart/instances', { count: 8 }, { key: 'a' })).toMatchObject({
      status: 500,
    });
    expect(await effects(url)).toEqual([]);
    await faults(url, { changes: 'unanswered' });
    expect(await change(url, 'PUT cart/instances', { count: 8 }, { key: 'b' })).toMatchObject({
      status: 500,
    });
    expect(await change(url, 'POST cart/undo', { operation: 'b' }, { key: 'c' })).toMatchObject({
      status: 200,
    });
    expect(await effects(url)).toMatchObject([{ operation: 'setInstances' }, { operation: 'undo' }]);
  });

  test('of a service that does not exist is not found', async () => {
    const { url } = await storefront();
    const refused = await change(url, 'PUT search/instances', { count: 2 });
    expect(refused).toMatchObject({ status: 404, body: { type: 'unknown-service' } });
  });
});

describe('an undo', () => {
  test('restores what the operation changed and nothing else', async () => {
    const { url } = await storefront();
    await order(url, 2);
    await change(url, 'POST cart/cache/warm', {});
    const operations: [string, object][] = [
      ['PUT checkout/instances', { count: 9 }],
      ['PATCH checkout/config', { key: 'paymentTimeoutMs', value: 50 }],
      ['PUT checkout/version', { version: '2.5.0' }],
      ['POST checkout/cache/warm', {}],
      ['POST checkout/cache/flush', {}],
    ];
    for (const [index, [route, body]] of operations.entries()) {
      const before = await state(url);
      await change(url, route, body, { key: route });
      expect(await state(url), route).not.toEqual(before);
      await change(url, 'PATCH checkout/config', { key: 'maxItems', value: 30 + index });

      expect(await change(url, 'POST checkout/undo', { operation: route })).toMatchObject({ status: 200 });
      const { checkout, ...others } = before;
      const config = { ...checkout.config, maxItems: 30 + index };
      expect(await state(url), route).toEqual({ ...others, checkout: { ...checkout, config } });
      expect((await effects(url)).at(-1)).toMatchObject({ operation: 'undo', undoes: route });
    }
  });

  test('of a cache flush keeps what shoppers loaded since', async () => {
    const { url } = await storefront();
    await getJson(`${url}/catalog/products/p-1`);
    await change(url, 'POST catalog/cache/flush', {}, { key: 'flush' });
    await getJson(`${url}/catalog/products/p-2`);
    await change(url, 'POST catalog/undo', { operation: 'flush' });
    expect(await state(url)).toMatchObject({ catalog: { cacheEntries: 2 } });
  });

  test('of version 3.0.0 is refused, as is any way back over its migration, but not the way on', async () => {
    const { url } = await storefront();
    await change(url, 'PUT checkout/version', { version: '3.0.0' }, { key: 'migrate' });

    const undo = await change(url, 'POST checkout/undo', { operation: 'migrate' });
    expect(undo).toMatchObject({ status: 409, body: { type: 'irreversible-migration' } });
    expect(undo.body).toMatchObject({ detail: expect.stringContaining('data layout 2') });
    expect(await change(url, 'PUT checkout/version', { version: '2.3.1' })).toMatchObject({ status: 409 });
    expect(await state(url)).toMatchObject({ checkout: { version: '3.0.0' } });
    expect(await change(url, 'PUT checkout/version', { version: '3.0.1' })).toMatchObject({ status: 200 });
  });

  test('of a fact that a later operation changed is refused', async () => {
    const { url } = await storefront();
    await change(url, 'PUT cart/instances', { count: 4 }, { key: 'earlier' });
    await change(url, 'PUT cart/instances', { count: 5 });

    const refused = await change(url, 'POST cart/undo', { operation: 'earlier' });
    expect(refused).toMatchObject({ status: 409, body: { type: 'changed-since' } });
    expect(await state(url)).toMatchObject({ cart: { instances: 5 } });
  });

  test('happens once', async () => {
    const { url } = await storefront();
    await change(url, 'PUT cart/instances', { count: 4 }, { key: 'mistake' });
    await change(url, 'POST cart/undo', { operation: 'mistake' });

    const refused = await change(url, 'POST cart/undo', { operation: 'mistake' });
    expect(refused).toMatchObject({ status: 409, body: { type: 'already-undone' } });
  });

  test('of an operation that this service did not see is not found', async () => {
    const { url } = await storefront();
    await change(url, 'PUT cart/instances', { count: 4 }, { key: 'cart only' });

    const refused = await change(url, 'POST checkout/undo', { operation: 'cart only' });
    expect(refused).toMatchObject({ status: 404, body: { type: 'unknown-operation' } });
  });

  test('fails without effect while the fault is on', async () => {
    const { url } = await storefront();
    await change(url, 'PUT cart/instances', { count: 4 }, { key: 'mistake' });
    await faults(url, { failUndo: true });

    const failed = await change(url, 'POST cart/undo', { operation: 'mistake' }, { key: 'undo' });
    expect(failed).toMatchObject({ status: 500, body: { type: 'internal-error' } });
    expect(await effects(url)).toHaveLength(1);
    await faults(url, {});
    const undone = await change(url, 'POST cart/undo', { operation: 'mistake' }, { key: 'undo' });
    expect(undone).toMatchObject({ status: 200, replayed: null });
  });
});

describe('a restart', () => {
  test('after SIGKILL keeps state, answers, effects and fencing', async () => {
    const first = await storefront();
    const made = await change(
      first.url,
      'PUT checkout/version',
      { version: '2.4.0' },
      { key: 'deploy', token: 5 },
    );
    await change(first.url, 'PATCH checkout/config', { key: 'paymentTimeoutMs', value: 900 }, { token: 5 });
    await change(first.url, 'POST catalog/cache/warm', {});
    const before = { state: await state(first.url), effects: await effects(first.url) };
    await end(first.process, 'SIGKILL');

    const { url } = await storefront();
    expect({ state: await state(url), effects: await effects(url) }).toEqual(before);
    const again = await change(
      url,
      'PUT checkout/version',
      { version: '2.4.0' },
      { key: 'deploy', token: 5 },
    );
    expect(again).toEqual({ ...made, replayed: 'true' });
    const stale = await change(url, 'PUT checkout/instances', { count: 1 }, { token: 4 });
    expect(stale).toMatchObject({ status: 409, body: { type: 'stale-fencing-token' } });
  });

  test('tells a client whose answer was lost that the change was made', async () => {
    const first = await storefront();
    await faults(first.url, { hangAfterEffectMs: 60_000 });
    const lost = change(first.url, 'PUT cart/instances', { count: 8 }, { key: 'lost' }).catch(() => 'lost');
    await vi.waitFor(async () => expect(await effects(first.url)).toHaveLength(1), PATIENCE);
    await end(first.process, 'SIGKILL');
    expect(await lost).toBe('lost');

    const { url } = await storefront();
    const again = await change(url, 'PUT cart/instances', { count: 8 }, { key: 'lost' });
    expect(again).toMatchObject({ status: 200, replayed: 'true' });
    expect(await effects(url)).toHaveLength(1);
  });

  test('forgets a change that was still being written, since nobody was answered', async () => {
    const first = await storefront();
    await change(first.url, 'PUT cart/instances', { count: 4 });
    await end(first.process, 'SIGKILL');
    await appendFile(effectsFile(), '{"seq":2,"service":"cart"');

    const second = await storefront();
    expect(await effects(second.url)).toHaveLength(1);
    await change(second.url, 'PUT cart/instances', { count: 6 });
    await end(second.process, 'SIGKILL');
    const { url } = await storefront();
    expect(await state(url)).toMatchObject({ cart: { instances: 6 } });
  });

  test('on a damaged log is refused with the line that is damaged', async () => {
    await writeFile(effectsFile(), 'not an effect\n');
    const { code, errors } = await run(['main.ts', '--port', '0', '--effects', effectsFile()]);
    expect(code).toBe(1);
    expect(errors).toContain('effects.jsonl:1 is not an effect');
  });
});

describe('the process', () => {
  test('ends cleanly on SIGTERM, also under traffic', async () => {
    const { process } = await storefront('--traffic', '60');
    expect(await end(process, 'SIGTERM')).toBe(0);
  });

  test('names every option that is wrong', async () => {
    const { code, errors } = await run(['main.ts', '--port', 'http', '--traffic', '0']);
    expect(code).toBe(2);
    expect(errors).toContain('port');
    expect(errors).toContain('effects');
    expect(errors).toContain('traffic');
  });
});

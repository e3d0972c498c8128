import { expect, test, vi } from 'vitest';
import { createBatcher } from '../../src/adapters/postgres/batcher.ts';

/** A batcher whose batches wait until the test ends them. An item called bad fails alone. */
function heldBatcher(maxItems = 100) {
  const batches: { items: readonly string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const call = createBatcher<string, string>(maxItems, async (items) => {
    await new Promise<void>((end, fail) => batches.push({ items, end, fail }));
    return items.map((item) =>
      item === 'bad'
        ? { status: 'rejected', reason: new Error('it is bad') }
        : { status: 'fulfilled', value: `did ${item}` },
    );
  });
  const next = () =>
    vi.waitFor(
      () => {
        const batch = batches.shift();
        if (!batch) throw new Error('no batch is running');
        return batch;
      },
      { interval: 1 },
    );
  return { call, next };
}

test('calls that are made while a batch runs go together in the next one', async () => {
  const { call, next } = heldBatcher();
  const first = call('a');
  const running = await next();
  const others = ['b', 'c', 'd'].map(call);
  running.end();
  await expect(first).resolves.toBe('did a');

  const second = await next();
  expect(second.items).toEqual(['b', 'c', 'd']);
  second.end();
  await expect(Promise.all(others)).resolves.toEqual(['did b', 'did c', 'did d']);
});

test('callers that call again once their batch is done are together again', async () => {
  const { call, next } = heldBatcher();
  const callers = ['a', 'b', 'c'].map(async (name) => {
    await call(name);
    await call(`${name} again`);
  });
  (await next()).end();
  const second = await next();
  expect(second.items).toEqual(['a again', 'b again', 'c again']);
  second.end();
  await Promise.all(callers);
});

test('an item that fails takes no other of its batch with it', async () => {
  const { call, next } = heldBatcher();
  const calls = ['a', 'bad', 'c'].map(call);
  (await next()).end();
  const results = await Promise.allSettled(calls);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a batch that fails as a whole fails each of its calls, and none after it', async () => {
  const { call, next } = heldBatcher();
  const calls = [call('a'), call('b')];
  const batch = await next();
  const later = call('c');
  batch.fail(new Error('connection lost'));
  for (const lost of calls) await expect(lost).rejects.toThrow('connection lost');

  (await next()).end();
  await expect(later).resolves.toBe('did c');
});

test('no batch is larger than allowed, and the order is kept', async () => {
  const { call, next } = heldBatcher(2);
  const calls = ['a', 'b', 'c'].map(call);
  const first = await next();
  expect(first.items).toEqual(['a', 'b']);
  first.end();
  const second = await next();
  expect(second.items).toEqual(['c']);
  second.end();
  await Promise.all(calls);
});

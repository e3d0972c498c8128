import { ServiceError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { whenThereIsRoom } from '../../src/client/room.ts';

/** What the SDK throws when the server answers with this status of gRPC. */
const refusal = (code: number, details: string) =>
  new ServiceError('Failed to get Workflow execution history', {
    cause: Object.assign(new Error(`${code} ${details}`), { code, details, metadata: {} }),
  });

/** A call that the server refuses so often before it answers. */
function refusedFirst(times: number, error: Error) {
  let calls = 0;
  const call = async () => {
    calls += 1;
    if (calls <= times) throw error;
    return 'succeeded';
  };
  return { call, calls: () => calls };
}

test('who waits for a result is not turned away when too many wait already', async () => {
  const { call, calls } = refusedFirst(3, refusal(8, 'namespace concurrent poller limit exceeded'));
  expect(await whenThereIsRoom(call, 1)).toBe('succeeded');
  expect(calls()).toBe(4);
});

test('any other error is told at once', async () => {
  const { call, calls } = refusedFirst(1, refusal(5, 'workflow not found'));
  await expect(whenThereIsRoom(call, 1)).rejects.toThrow('Failed to get Workflow execution history');
  expect(calls()).toBe(1);
});

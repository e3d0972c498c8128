import { ScheduleNotFoundError } from '@temporalio/client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readCheckpoint } from '../../src/adapters/postgres/tree.ts';
import { scheduleCheckpoints } from '../../src/adapters/temporal/ledger-schedules.ts';
import { CHECKPOINT_LEDGER, checkpointScheduleId } from '../../src/contract/ids.ts';
import { parseCheckpoint } from '../../src/domain/ledger/tree/checkpoint.ts';
import { fact, tamper } from '../adapters/postgres-support.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const world = useWorld();

const signNow = (workflowId: string) =>
  world().client.workflow.execute(CHECKPOINT_LEDGER, { workflowId, taskQueue: world().taskQueue, args: [] });

test('a Temporal Schedule signs each minute what is new, once for all workers', async () => {
  const { client, taskQueue, ledger, database } = world();
  const handle = client.schedule.getHandle(checkpointScheduleId(taskQueue));
  await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
  await Promise.all([1, 2, 3].map(() => scheduleCheckpoints(client, taskQueue)));
  onTestFinished(() => handle.delete());
  const { spec, policies } = await handle.describe();
  expect([spec.intervals, policies.overlap]).toMatchObject([[{ every: 60_000 }], 'SKIP']);

  await ledger.append(fact('one'));
  await handle.trigger();
  await vi.waitFor(async () => {
    const stored = await readCheckpoint(database.pool);
    expect(stored && parseCheckpoint(stored.note)).toMatchObject({
      checkpoint: { origin: world().installation.name, size: 1 },
    });
  }, PATIENCE);
});

test('what it did is the result of its workflow; a ledger that does not go on from its checkpoint is not signed, it says so, and on-call is paged once', async () => {
  const { ledger, testDatabase } = world();
  await ledger.append(fact('two'));
  expect(await signNow('sign-1')).toBe('signed the first 2 entries');
  expect(await signNow('sign-2')).toBe('nothing new since entry 2');
  await ledger.append(fact('three'));
  await tamper(testDatabase.urls.owner, `update countersign_ledger set kind = 'closed' where seq = 2`);
  for (const workflowId of ['sign-3', 'sign-4'])
    await expect(signNow(workflowId)).rejects.toMatchObject({
      cause: { cause: { type: 'LedgerNotSigned', message: expect.stringContaining('the first 2 entries') } },
    });
  const pages = () =>
    world()
      .outbox.pages()
      .map(({ event }) => (event.event_action === 'trigger' ? event.payload.summary : event.event_action));
  const wrong = 'LEDGER: the ledger cannot be signed';
  expect(pages()).toEqual([wrong]);
  await tamper(testDatabase.urls.owner, `update countersign_ledger set kind = 'ruled' where seq = 2`);
  expect(await signNow('sign-5')).toBe('signed the first 3 entries');
  expect(pages()).toEqual([wrong, 'resolve']);
});

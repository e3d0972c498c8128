import { expect, test } from 'vitest';
import { endOf } from '../support/agreement.ts';
import { untilRetried } from '../support/faults.ts';
import { deploy } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const MINUTE = 60_000;

let databaseDown = false;
/** Lets the first admission that was asked for meanwhile go on, as a worker does that was stopped in the middle of it. */
let wakeUp: (() => Promise<unknown>) | undefined;

const world = useWorld({
  faults: ({ leases }) => ({
    leases: {
      ...leases,
      acquire: (...asked) => {
        if (!databaseDown) return leases.acquire(...asked);
        if (wakeUp) return Promise.reject(new Error('the database is down'));
        return new Promise((resolve, reject) => {
          wakeUp = () => leases.acquire(...asked).then(resolve, reject);
        });
      },
    },
  }),
});

test('INVARIANT 9: an admission that comes after its action is closed takes nothing and is not recorded', async () => {
  databaseDown = true;
  const late = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', late);
  await untilRetried(world(), late, 'admit');
  await world().skip(late, 15 * MINUTE);
  expect(await endOf(world(), late)).toMatchObject({ kind: 'expired' });

  databaseDown = false;
  await wakeUp?.();
  expect(await endOf(world(), late)).toMatchObject({ kind: 'expired' });
  const next = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', next);
  expect(await endOf(world(), next)).toMatchObject({ kind: 'succeeded' });
});

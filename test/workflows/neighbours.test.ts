import { expect, test, vi } from 'vitest';
import { endOf } from '../support/agreement.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const { rules } = testInstallation().installation;

const world = useWorld({ installation: () => ({ rules: { ...rules, neighbourhoodAtOnce: 1 } }) });

/** Checkout needs cart. */
test('of two services that need each other the second is touched once the action on the first is over', async () => {
  const first = await world().countersign.propose(deploy('2.4.0'));
  const second = await world().countersign.propose(proposal({ target: 'cart' }));
  await world().until(second, 'waiting');
  await world().decide('grace', 'approve', first);
  await world().until(first, 'watching');
  await world().decide('barbara', 'approve', second);
  await vi.waitFor(async () => {
    expect([(await first.state()).status, (await second.state()).status]).toEqual(['watching', 'admitting']);
  }, PATIENCE);
  for (const action of [first, second]) {
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  }
  const places = await Promise.all([first, second].map(({ actionId }) => world().ledger.entriesOf(actionId)));
  const seqOf = (n: number, kind: string) => places[n]?.find((entry) => entry.kind === kind)?.seq;
  expect(seqOf(1, 'admitted')).toBeGreaterThan(Number(seqOf(0, 'closed')));
});

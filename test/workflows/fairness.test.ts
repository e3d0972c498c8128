import { expect, test } from 'vitest';
import { deploy } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const NOISY = { id: 'deploy-agent', version: '2.0.1' };
const QUIET = { id: 'cache-agent', version: '1.4.0' };

test('when work has piled up, an agent with a few actions does not wait for one with ten times as many', async () => {
  const { countersign, ledger } = world();
  const proposeMany = (agent: typeof NOISY, count: number) =>
    Promise.all(Array.from({ length: count }, () => countersign.propose(deploy('2.4.0', { agent }))));
  await world().stopWorker();
  const noisy = await proposeMany(NOISY, 60);
  const quiet = await proposeMany(QUIET, 6);
  // A worker that takes all of them at once ends them in any order.
  await world().startWorker({}, undefined, 4);
  await Promise.all([...noisy, ...quiet].map((action) => world().until(action, 'waiting')));

  const ruled = new Set<string>();
  for await (const { kind, actionId } of ledger.all()) if (kind === 'ruled') ruled.add(actionId);
  const inOrder = [...ruled].map((id) => (quiet.some(({ actionId }) => actionId === id) ? 'quiet' : 'noisy'));
  expect(inOrder).toHaveLength(66);
  expect(inOrder.lastIndexOf('quiet')).toBeLessThan(33);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionHandle } from 'countersign';
import { beforeAll, expect, test, vi } from 'vitest';
import { findTemporal } from '../../src/dev/temporal-binary.ts';
import { startTemporal, type TemporalServer } from '../../src/dev/temporal-server.ts';
import { proposal } from '../support/proposals.ts';
import { calm, PATIENCE, Site } from './support.ts';

/** So many actions wait at once; each has an environment of its own, so that none waits for another's target. */
const ACTIONS = 20;
const environments = Array.from({ length: ACTIONS }, (_, i) => `cell-${i + 1}`);

const cells = (text: string) =>
  text.replace(
    /^environments:\n/m,
    (line) =>
      line + environments.map((name) => `  ${name}: { adminUrl: "\${env.STOREFRONT_URL}/admin" }\n`).join(''),
  );
/** What the ledger has of one that ran and was healthy. */
const STEPS = ['ruled', 'settled', 'admitted', 'executed', 'closed'];

const shortWindow = (text: string) => text.replace('wait: 5m', 'wait: 10s');

/** The Temporal server, with everything in a file. */
let folder: string;
let temporal: TemporalServer;
let site: Site;
let waiting: ActionHandle[];
let confirmed: ActionHandle[];
let windowed: ActionHandle;

async function startServer(port?: number): Promise<TemporalServer> {
  const binary = await findTemporal((line) => console.log(line));
  const databaseFile = join(folder, 'temporal.db');
  return startTemporal({ binary, ui: false, databaseFile, ...(port === undefined ? {} : { port }) });
}

// Twenty actions wait for people. Ten are approved; at that moment the server is killed with SIGKILL, and comes back
// once the window of another action is over. The worker runs all the time.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-restart-'));
  temporal = await startServer();
  site = await Site.start({
    temporalAddress: temporal.address,
    files: { 'countersign.yaml': (text) => shortWindow(cells(text)), 'actions/cache-flush.yaml': calm },
  });
  await site.startWorker();
  const actions = await Promise.all(
    environments.map((environment) => site.countersign.propose(proposal({ environment, declaredTier: 3 }))),
  );
  await Promise.all(actions.map((action) => site.until(action, ({ deliveries }) => deliveries.length === 1)));
  windowed = await site.countersign.propose(proposal({ target: 'cart' }));
  const { deadline = 0 } = await site.until(windowed, ({ deliveries }) => deliveries.length === 1);

  confirmed = actions.slice(0, ACTIONS / 2);
  waiting = actions.slice(ACTIONS / 2);
  await Promise.all(confirmed.map((action) => site.decide('mei', 'approve', action)));
  process.kill(temporal.pid, 'SIGKILL');
  await temporal.stop();
  const ledgers = await Promise.all([...actions, windowed].map((action) => site.ledgerOf(action)));
  expect(ledgers.flat()).not.toContain('closed');
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(deadline), PATIENCE);
  temporal = await startServer(Number(temporal.address.split(':')[1]));
  return async () => {
    await site.stop();
    await temporal.stop();
    await rm(folder, { recursive: true });
  };
});

test('an approval that was confirmed just before the server died is not asked for again', async () => {
  for (const action of confirmed) {
    expect((await action.result()).outcome.kind).toBe('succeeded');
    expect((await action.state()).votes).toHaveLength(1);
    expect(await site.mailsOf(action)).toHaveLength(1);
  }
});

test('INVARIANT 8: each of them ran once', async () => {
  for (const action of confirmed) {
    expect(await site.effectsOf(action)).toEqual(['flushCache']);
    expect(await site.stepsOf(action)).toEqual(STEPS);
  }
});

test('a window that ended while the server was away ends once: one page, one effect', async () => {
  expect((await windowed.result()).outcome.kind).toBe('succeeded');
  expect(site.pagesOf(windowed)).toEqual(['trigger', 'resolve']);
  expect(await site.effectsOf(windowed)).toEqual(['flushCache']);
  expect(await site.stepsOf(windowed)).toEqual(STEPS);
});

test('what waited for people still waits, and runs once when they approve it', async () => {
  for (const action of waiting) {
    expect((await action.state()).status).toBe('waiting');
    expect(await site.effectsOf(action)).toEqual([]);
  }
  await Promise.all(waiting.map((action) => site.decide('mei', 'approve', action)));
  for (const action of waiting) {
    expect((await action.result()).outcome.kind).toBe('succeeded');
    expect(await site.effectsOf(action)).toEqual(['flushCache']);
    expect(await site.stepsOf(action)).toEqual(STEPS);
  }
});

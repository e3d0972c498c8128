import type { ActionHandle } from 'countersign';
import { describe, expect, type TestContext, test, vi } from 'vitest';
import { decideSignal } from '../../src/contract/messages.ts';
import type { EntryKind } from '../../src/domain/ledger/ledger.ts';
import { deploy } from '../support/proposals.ts';
import {
  approve,
  approved,
  BAD,
  endSites,
  FAULTLESS,
  finished,
  GOOD,
  left,
  proposed,
  recovered,
  takeSite,
  untilEffects,
  type Version,
} from './crash.ts';
import { type LedgerHold, PATIENCE, Site } from './support.ts';

// A killed worker is missed only when what it was at runs into its time-out.
vi.setConfig({ testTimeout: 180_000, maxConcurrency: 3 });
endSites();

/** The entries of the ledger, and the activity that writes each. */
const ENTRIES = [
  { entry: 'ruled', activity: 'begin', version: GOOD },
  { entry: 'settled', activity: 'settle', version: GOOD },
  { entry: 'admitted', activity: 'admit', version: GOOD },
  { entry: 'executed', activity: 'execute', version: GOOD },
  { entry: 'verdict', activity: 'rollBack', version: BAD },
  { entry: 'closed', activity: 'close', version: GOOD },
] as const;

/** Not the last: it is over before anybody could kill a worker in it, unless its entry of the ledger is held as above. */
const MOMENTS = [1, 2, 3, 4].flatMap((sixths) =>
  ([GOOD, BAD] as const).map((version) => ({ version, sixths })),
);

describe('an action ends as if its worker had not been killed', () => {
  test.concurrent('when nobody kills it', async (context) => {
    for (const version of [GOOD, BAD] as const) {
      const site = await takeSite(context, version);
      expect(await left(site, await approved(site, version))).toEqual(FAULTLESS[version]);
    }
  });

  test.concurrent('killed when a mail has gone and is not reported: the ledger knows, and it is not sent again', async (context) => {
    const site = await takeSite(context, GOOD);
    site.links.mail.freeze();
    const action = await site.countersign.propose(deploy(GOOD));
    // One to those who decide, one to those who are only told. A task that is only on its way to the worker would be lost with the link.
    await vi.waitFor(() => expect(site.links.mail.waiting).toBe(2), PATIENCE);
    site.links.temporal.freeze();
    site.links.mail.thaw();
    await vi.waitFor(() => expect(site.mailsOf(action)).toHaveLength(2), PATIENCE);
    await vi.waitFor(async () => expect(await site.ledgerOf(action)).toContain('told'), PATIENCE);
    await site.killWorker();
    expect(await finished(site, action)).toEqual(['begin']);
    expect(await recovered(site, action)).toEqual(FAULTLESS[GOOD]);
    expect(site.mailsOf(action)).toHaveLength(2);
  });

  test.concurrent.for(ENTRIES)(
    'INVARIANT 9: killed before the ledger has $entry',
    async ({ entry, activity, version }, context) => {
      const site = await takeSite(context, version);
      const { action, ledger } = await standingBefore(entry, site, version);
      await ledger.untilSomebodyWaits();
      await site.killWorker();
      expect(await site.ledgerOf(action)).not.toContain(entry);
      expect(await finished(site, action)).not.toContain(activity);
      await ledger.release();
      expect(await recovered(site, action)).toEqual(FAULTLESS[version]);
    },
  );

  test.concurrent.for(ENTRIES)(
    'INVARIANT 9: killed when the ledger has $entry and the history does not',
    async ({ entry, activity, version }, context) => {
      const site = await takeSite(context, version);
      const { action, ledger } = await standingBefore(entry, site, version);
      await ledger.untilSomebodyWaits();
      site.links.temporal.freeze();
      await ledger.release();
      await vi.waitFor(async () => expect(await site.ledgerOf(action)).toContain(entry), PATIENCE);
      await site.killWorker();
      expect(await finished(site, action)).not.toContain(activity);
      expect(await recovered(site, action)).toEqual(FAULTLESS[version]);
    },
  );

  test.concurrent('killed while it waits for people', async (context) => {
    const site = await takeSite(context, GOOD);
    const action = await proposed(site, GOOD);
    await site.killWorker();
    expect(await finished(site, action)).toEqual(['begin', 'notify']);
    expect(await recovered(site, action)).toEqual(FAULTLESS[GOOD]);
  });

  test.concurrent('killed when an approval is confirmed, which is not asked for again', async (context) => {
    const site = await takeSite(context, GOOD);
    const action = await proposed(site, GOOD);
    const ledger = await site.holdEntry('settled');
    await approve(site, action);
    await site.killWorker();
    expect(await site.ledgerOf(action)).toEqual(['ruled', 'told']);
    await ledger.release();
    await site.startWorker();
    expect(await left(site, action)).toEqual(FAULTLESS[GOOD]);
  });

  test.concurrent('INVARIANT 8: killed when the effect is made and not reported', async (context) => {
    const site = await takeSite(context, GOOD);
    await site.storefrontFaults({ hangAfterEffectMs: 60_000 });
    const action = await approved(site, GOOD);
    await untilEffects(site, action, ['setVersion']);
    await site.killWorker();
    expect(await finished(site, action)).not.toContain('execute');
    expect(await recovered(site, action)).toEqual(FAULTLESS[GOOD]);
  });

  test.concurrent.for([0, 1, 2])('killed in the watch, after %i of 3 checks', async (checks, context) => {
    const site = await takeSite(context, GOOD);
    const action = await approved(site, GOOD);
    await site.until(
      action,
      ({ status, measurements }) => status === 'watching' && measurements.length === 2 * checks,
    );
    await site.killWorker();
    const activities = await finished(site, action);
    expect(activities.slice(activities.indexOf('execute'))).toEqual([
      'execute',
      ...Array(checks).fill('measure'),
    ]);
    expect(await recovered(site, action)).toEqual(FAULTLESS[GOOD]);
  });

  test.concurrent('INVARIANT 8: killed when the rollback is made and not reported', async (context) => {
    const site = await takeSite(context, BAD);
    const action = await approved(site, BAD);
    await site.until(action, ({ receipt }) => receipt !== undefined);
    await site.storefrontFaults({ hangAfterEffectMs: 60_000 });
    await untilEffects(site, action, ['setVersion', 'undo']);
    await site.killWorker();
    expect(await finished(site, action)).not.toContain('rollBack');
    expect(await recovered(site, action)).toEqual(FAULTLESS[BAD]);
  });

  test.concurrent('killed when it is closed already', async (context) => {
    const site = await takeSite(context, BAD);
    const action = await approved(site, BAD);
    await action.result();
    await site.killWorker();
    await site.startWorker();
    expect((await action.state()).status).toBe('closed');
    expect(await left(site, action)).toEqual(FAULTLESS[BAD]);
  });

  test.concurrent.for(MOMENTS)(
    'INVARIANT 8: killed after $sixths/6 of the history of deploying $version',
    async ({ version, sixths }, context) => {
      const site = await takeSite(context, version);
      const moment = Math.round(((await eventsOf(site, version)) * sixths) / 6);
      const action = await site.countersign.propose(deploy(version));
      const approval = approve(site, action);
      await vi.waitFor(
        async () => expect((await historyOf(site, action)).length).toBeGreaterThanOrEqual(moment),
        { ...PATIENCE, interval: 10 },
      );
      await site.killWorker();
      expect((await historyOf(site, action)).isRunning).toBe(true);
      await site.startWorker();
      await approval;
      expect(await left(site, action)).toEqual(FAULTLESS[version]);
    },
  );
});

describe('INVARIANT 5: while no worker runs', () => {
  test.concurrent('INVARIANT 5: an approval in time counts, however late a worker sees it', async (context) => {
    const { site, action, deadline } = await hurried(context);
    const jws = await site.sign('grace', 'approve', action);
    await site.killWorker();
    await signal(site, action, jws);
    await untilPast(deadline);
    await site.startWorker();
    expect(await left(site, action)).toMatchObject({ outcome: 'succeeded', effects: ['setVersion'] });
  });

  test.concurrent('INVARIANT 5: an approval after the deadline does not count', async (context) => {
    const { site, action, deadline } = await hurried(context);
    const jws = await site.sign('grace', 'approve', action, deadline + 1);
    await site.killWorker();
    await untilPast(deadline);
    await signal(site, action, jws);
    await site.startWorker();
    expect(await left(site, action)).toMatchObject({ outcome: 'expired', effects: [] });
  });
});

/** An action on its way to an entry of the ledger, which is held. */
async function standingBefore(
  entry: EntryKind,
  site: Site,
  version: Version,
): Promise<{ action: ActionHandle; ledger: LedgerHold }> {
  const ledger = await site.holdEntry(entry);
  if (entry === 'ruled') return { ledger, action: await site.countersign.propose(deploy(version)) };
  const action = await proposed(site, version);
  await approve(site, action);
  return { action, ledger };
}

async function historyOf({ countersign }: Site, { workflowId }: ActionHandle) {
  const { historyLength, status } = await countersign.client.workflow.getHandle(workflowId).describe();
  return { length: historyLength, isRunning: status.name === 'RUNNING' };
}

const wholeHistories: Partial<Record<Version, Promise<number>>> = {};

/** How many events there are when nobody kills the worker. */
function eventsOf(site: Site, version: Version): Promise<number> {
  wholeHistories[version] ??= approved(site, version).then(async (action) => {
    await action.result();
    return (await historyOf(site, action)).length;
  });
  return wholeHistories[version];
}

/** An action for which people have ten seconds. */
async function hurried({ onTestFinished }: TestContext) {
  const tenSeconds = (text: string) => text.replace('wait: 15m', 'wait: 5s').replace('wait: 30m', 'wait: 5s');
  const site = await Site.start({ files: { 'countersign.yaml': tenSeconds } });
  onTestFinished(() => site.stop());
  await site.startWorker();
  const action = await proposed(site, GOOD);
  const { deadline = 0 } = await action.state();
  return { site, action, deadline };
}

const untilPast = (time: number) => vi.waitFor(() => expect(Date.now()).toBeGreaterThan(time), PATIENCE);

/** Hands in a decision that the Temporal server keeps until there is a worker. */
const signal = (site: Site, { workflowId }: ActionHandle, jws: string) =>
  site.countersign.client.workflow.getHandle(workflowId).signal(decideSignal, { jws });

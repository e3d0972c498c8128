import { ScheduleNotFoundError } from '@temporalio/client';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Reconciliation } from '../../src/activities/ports/reconciler.ts';
import { scheduleReconciliation } from '../../src/adapters/temporal/ledger-schedules.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import { reconcileScheduleId } from '../../src/contract/ids.ts';
import { tamper } from '../adapters/postgres-support.ts';
import { type Line, startLine } from '../support/faults.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

/** The way to our own database. */
let line: Line;
/** What the governed system says when it is asked whether an effect is there. */
let answer: Reconciliation = { kind: 'none', reason: 'nobody asked' };

const there = (status: number): Reconciliation => ({
  kind: 'answer',
  answer: { status, text: '{}', summary: `HTTP ${status}` },
});

const world = useWorld({
  databaseUrl: async (url) => {
    line = await startLine(url);
    return line.url;
  },
  installation: () => {
    const { actionTypes } = testInstallation().installation;
    const type = actionTypes['version.deploy'];
    if (!type) throw new Error('versions are deployed');
    const metrics = (type.watch?.metrics ?? []).map((metric) => ({ ...metric, initialDelayMs: 2_000 }));
    const ask = { by: 'http', url: 'http://storefront.example/', timeoutMs: 1_000 } as const;
    const reconcile = { ask, present: 'status == 200', absent: 'status == 404', settleMs: 1_000 };
    return {
      actionTypes: { ...actionTypes, 'version.deploy': { ...type, watch: { metrics }, reconcile } },
    };
  },
  faults: () => ({ reconciler: { ask: async () => answer } }),
});
afterEach(() => {
  answer = there(200);
});

async function succeeded(): Promise<ActionHandle> {
  const action = await world().asked(deploy('2.4.0'));
  await world().decide('grace', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  return action;
}

const reconcile = ({ actionId }: ActionHandle) => world().countersign.reconcile({ actionId });
const kindsOf = async (action: ActionHandle) => world().ledgerOf(action);

test('each day a Temporal Schedule holds ledger, workflows and effects against each other; what is alike agrees', async () => {
  answer = there(200);
  const { client, taskQueue } = world();
  const handle = client.schedule.getHandle(reconcileScheduleId(taskQueue));
  await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
  await Promise.all([1, 2].map(() => scheduleReconciliation(client, taskQueue)));
  onTestFinished(() => handle.delete());
  expect((await handle.describe()).spec.intervals).toMatchObject([{ every: 24 * 3_600_000 }]);
  const action = await succeeded();
  expect(await reconcile(action)).toEqual({ agrees: 1, differs: 0, unknown: 0, actions: [] });
  // Visibility of Temporal is eventual.
  await vi.waitFor(
    async () =>
      expect(await world().countersign.reconcile({ withinMs: 3_600_000 })).toMatchObject({
        agrees: 1,
        differs: 0,
      }),
    PATIENCE,
  );
});

describe('what differs', () => {
  test('is told with what, and on-call is paged, once', async () => {
    const action = await succeeded();
    answer = there(404);
    const pages = world().pagesOf(action).length;
    const report = await reconcile(action);
    expect(report).toMatchObject({
      differs: 1,
      actions: [
        {
          actionId: action.actionId,
          kind: 'differs',
          reasons: [expect.stringContaining('its effect is not there: HTTP 404')],
        },
      ],
    });
    expect(world().pagesOf(action).slice(pages)).toEqual(['trigger']);
    expect(await reconcile(action)).toEqual(report);
    expect(world().pagesOf(action)).toHaveLength(pages + 1);
  });

  test('is found where somebody rewrote how an action ended', async () => {
    const action = await succeeded();
    await tamper(
      world().testDatabase.urls.owner,
      `update countersign_ledger set kind = 'told' where action_id = '${action.actionId}' and kind = 'executed'`,
    );
    expect(await reconcile(action)).toMatchObject({ differs: 1 });
  });
});

test('a governed system that does not answer leaves it unknown, and nobody is paged', async () => {
  const action = await succeeded();
  answer = { kind: 'none', reason: 'it is away' };
  expect(await reconcile(action)).toMatchObject({
    unknown: 1,
    actions: [{ kind: 'unknown', reasons: [expect.stringContaining('it is away')] }],
  });
});

test('INVARIANTS 9, 13: an end that was torn off while the database was away is completed from what our workers sealed', async () => {
  const action = await world().asked(deploy('2.5.0'));
  await world().decide('grace', 'approve', action);
  await world().until(action, 'watching');
  await line.cut();
  // It is taken back without the ledger. Then somebody ends the workflow, which waits for the database.
  await vi.waitFor(async () => expect((await action.state()).rollback).toBeDefined(), PATIENCE);
  await world().client.workflow.getHandle(action.workflowId).terminate('too soon');
  await line.mend();
  expect(await vi.waitFor(() => kindsOf(action), PATIENCE)).not.toContain('takenBack');

  const report = await vi.waitFor(() => reconcile(action), PATIENCE);
  expect(report.actions[0]).toMatchObject({ actionId: action.actionId, completed: expect.any(Number) });
  expect(report.actions[0]?.completed).toBeGreaterThan(0);
  const kinds = await kindsOf(action);
  expect(kinds).toContain('takenBack');
  expect(kinds).not.toContain('closed');
  // The sweep then ends it, by what is on record.
  await world().sweep();
  expect(await reconcile(action)).toMatchObject({ actions: [{ completed: 0 }] });
});

import type { ActionHandle } from 'countersign';
import { afterAll, expect, type TestContext, vi } from 'vitest';
import { signOrder } from '../../src/cli/signing.ts';
import { ruledOnce } from '../support/ledger-bodies.ts';
import { aGrant } from '../support/orders.ts';
import { deploy } from '../support/proposals.ts';
import { calm, PATIENCE, Site } from './support.ts';

/** Approved and healthy: it stays. */
export const GOOD = '2.4.0';
/** Approved, found regressed, and taken back. */
export const BAD = '2.5.0';
export type Version = typeof GOOD | typeof BAD;

/** What an action leaves behind when nothing goes wrong with its worker. */
export const FAULTLESS = {
  [GOOD]: {
    outcome: 'succeeded',
    effects: ['setVersion'],
    messages: 2,
    ledger: ['ruled', 'settled', 'admitted', 'executed', 'closed'],
  },
  [BAD]: {
    outcome: 'rolledBack',
    effects: ['setVersion', 'undo'],
    messages: 3,
    ledger: ['ruled', 'settled', 'admitted', 'executed', 'verdict', 'takenBack', 'closed'],
  },
};

/** What an action left behind in the world, once it has ended. */
export async function left(site: Site, action: ActionHandle) {
  const { outcome } = await action.result();
  return {
    outcome: outcome.kind,
    effects: await site.effectsOf(action),
    messages: new Set(site.mailsOf(action).map(({ messageId }) => messageId)).size,
    ledger: ruledOnce(await site.stepsOf(action)),
  };
}

const idle: Record<Version, Site[]> = { [GOOD]: [], [BAD]: [] };

/** Ends the sites that were taken, after all tests of a file. To be called once in each file that takes any. */
export const endSites = (): void =>
  afterAll(() =>
    Promise.all(Object.values(idle).flatMap((sites) => sites.splice(0).map((site) => site.stop()))),
  );

/**
 * A site with a running worker for one test, and for another one after it. Sites on which bad versions fail their
 * shoppers are kept apart: the good version must not be measured by their errors.
 */
export async function takeSite({ onTestFinished }: TestContext, version: Version): Promise<Site> {
  const used = idle[version].pop();
  const site = used ?? (await startSite());
  if (used && version === BAD) await trustAgain(site);
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await site.stop();
    else idle[version].push(site);
  });
  return site;
}

/** Each rollback cost the agent a level: a person gives it back what it had. */
async function trustAgain(site: Site): Promise<void> {
  const { agent, actionType } = deploy(BAD);
  const grant = aGrant({ agent, actionType, serviceTier: 1 }, 3);
  const jws = await signOrder(
    { ...grant, installation: 'storefront', person: 'grace', at: Date.now() },
    site.keyOf('grace'),
  );
  await site.countersign.order(jws);
}

async function startSite(): Promise<Site> {
  const site = await Site.start({ files: { 'actions/version-deploy.yaml': calm } });
  await site.startWorker();
  return site;
}

/** Proposes to deploy it, and waits until those who may approve have been told. */
export async function proposed(site: Site, version: string): Promise<ActionHandle> {
  const action = await site.countersign.propose(deploy(version));
  await untilTold(site, action);
  return action;
}

export async function approved(site: Site, version: string): Promise<ActionHandle> {
  const action = await site.countersign.propose(deploy(version));
  await approve(site, action);
  return action;
}

/** Approves once those who may have been told. */
export async function approve(site: Site, action: ActionHandle): Promise<void> {
  await untilTold(site, action);
  await site.decide('grace', 'approve', action);
}

const untilTold = (site: Site, action: ActionHandle) =>
  site.until(action, ({ deliveries }) => deliveries.length > 0);

/** Starts a worker again and brings the action to its end, with an approval where it still waits for one. */
export async function recovered(site: Site, action: ActionHandle) {
  await site.startWorker();
  if ((await action.state()).votes.length === 0) await approve(site, action);
  return left(site, action);
}

export const untilEffects = (site: Site, action: ActionHandle, operations: readonly string[]) =>
  vi.waitFor(async () => expect(await site.effectsOf(action)).toEqual(operations), PATIENCE);

/** The activities, local ones too, whose end is in the history of the action. */
export async function finished(site: Site, { workflowId }: ActionHandle): Promise<string[]> {
  const { events } = await site.countersign.client.workflow.getHandle(workflowId).fetchHistory();
  const types = new Map<string, string>();
  const ended: string[] = [];
  for (const event of events ?? []) {
    const { activityTaskScheduledEventAttributes: scheduled, markerRecordedEventAttributes: marker } = event;
    const { activityTaskCompletedEventAttributes: completed } = event;
    if (scheduled) types.set(String(event.eventId), scheduled.activityType?.name ?? '');
    if (completed) ended.push(types.get(String(completed.scheduledEventId)) ?? '');
    const local = marker?.details?.data?.payloads?.[0]?.data;
    if (local) ended.push(JSON.parse(Buffer.from(local).toString()).activity_type);
  }
  return ended;
}

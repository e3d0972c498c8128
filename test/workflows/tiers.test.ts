import { expect, onTestFinished, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { endOf } from '../support/agreement.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const world = useWorld();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const lastEntry = async ({ actionId }: ActionHandle) => (await world().ledger.entriesOf(actionId)).at(-1);
const flushCart = () => proposal({ target: 'cart' });

test('a tier-1 action runs at once and is reviewed within 24 hours', async () => {
  const { countersign, skip, client } = world();
  const action = await countersign.propose(proposal());
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect(await world().effectsOf(action)).toEqual(['flushCache']);

  const { workflowId } = await countersign.review(action.actionId);
  const review = client.workflow.getHandle(workflowId);
  await skip.call(world(), review, 24 * HOUR);
  expect(await review.result()).toEqual({ kind: 'overdue' });
  const subjects = world()
    .mailsOf(action)
    .map(({ subject }) => subject);
  expect(subjects).toHaveLength(2);
  expect(await world().ledgerOf(action)).toEqual(['ruled', 'admitted', 'executed', 'closed', 'reviewed']);
});

test('silence for five minutes lets a tier-2 action proceed, and pages on-call', async () => {
  const action = await world().countersign.propose(flushCart());
  await world().until(action, 'waiting');
  await world().skip(action, 4 * MINUTE);
  expect(await world().effectsOf(action)).toEqual([]);
  expect(world().pagesOf(action)).toEqual([]);
  await world().skip(action, 1 * MINUTE);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect(await world().effectsOf(action)).toEqual(['flushCache']);
  expect(world().pagesOf(action)).toEqual(['trigger', 'resolve']);
});

test('a denial in the window stops a tier-2 action', async () => {
  const action = await world().countersign.propose(flushCart());
  await world().decide('barbara', 'deny', action);
  const { outcome } = await action.result();
  expect(outcome).toEqual({ kind: 'deniedByPerson', reason: 'barbara denied it: deny by barbara' });
  expect(await world().effectsOf(action)).toEqual([]);
});

test('an approval in the window starts a tier-2 action at once', async () => {
  const action = await world().countersign.propose(flushCart());
  await world().decide('barbara', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect(world().pagesOf(action)).toEqual([]);
});

test('a tier-3 action runs once an authorised person approved it', async () => {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect((await world().state()).checkout?.version).toBe('2.4.0');
});

test('silence never runs a tier-3 action: it goes along the route and expires', async () => {
  const action = await world().countersign.propose(deploy('2.3.1'));
  await world().until(action, 'waiting');
  await vi.waitFor(() => expect(world().mailsOf(action)).toHaveLength(1), PATIENCE);
  // What the storefront runs now stands beside what is asked for.
  expect(world().mailsOf(action)[0]?.text).toMatch(/Change +version: "2\.\d\.\d" -> "2\.3\.1"/);
  await world().skip(action, 15.5 * MINUTE);
  expect(world().pagesOf(action)).toEqual(['trigger']);
  await world().skip(action, 15 * MINUTE);
  expect((await action.result()).outcome.kind).toBe('expired');
  expect(await world().effectsOf(action)).toEqual([]);
  expect(world().pagesOf(action)).toEqual(['trigger', 'resolve']);
});

test('a tier-4 action is recommended to the owners and never executed', async () => {
  const action = await world().countersign.propose(
    proposal({ actionType: 'schema.migrate', target: 'cart' }),
  );
  expect((await action.result()).outcome.kind).toBe('recommended');
  expect(world().mailsOf(action)).toHaveLength(1);
  expect(await world().effectsOf(action)).toEqual([]);
});

test('a declared tier raises the computed one', async () => {
  const { ruling } = await world().countersign.proposeAndRule(proposal({ declaredTier: 3 }));
  expect(ruling.tier).toBe(3);
});

test('a bad version is approved, watched, found regressed and rolled back', async () => {
  const before = (await world().state()).checkout?.version;
  const action = await world().countersign.propose(deploy('2.5.0'));
  await world().decide('grace', 'approve', action);
  const { outcome } = await action.result();
  expect(outcome.kind).toBe('rolledBack');
  expect(outcome.reason).toMatch(/; it was taken back, and its metrics are back$/);
  // As long as the answers of 2.5.0 are in what the metric looks back over, it is bad.
  const { measuredBack } = await action.state();
  expect(measuredBack.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['failed', 'successful']));
  expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
  expect((await world().state()).checkout?.version).toBe(before);
  expect(world().mailsOf(action).at(-1)?.subject).toMatch(/taken back|rolled back/i);
  expect(await lastEntry(action)).toMatchObject({
    kind: 'told',
    body: { deliveries: [{ by: 'mail', step: 'end', delivered: true }] },
  });
});

test('a rollback after which the metrics are not back holds the target and pages', async () => {
  await world().storefrontFaults({ metrics: 'nan' });
  onTestFinished(() => world().storefrontFaults({}));
  const flush = (key: string) => proposal({ agent: { id: 'cache-agent', version: key }, declaredTier: 3 });
  const action = await world().countersign.propose(flush('9.0.0'));
  await world().decide('edsger', 'approve', action);
  expect(await endOf(world(), action)).toEqual({
    kind: 'rollbackUnverified',
    reason: expect.stringMatching(
      /^error-ratio was unreadable 3 times in a row: .*; it was taken back, and its metrics are not back: error-ratio was unreadable 3 times in a row: /,
    ),
  });
  expect(await world().effectsOf(action)).toEqual(['flushCache', 'warmCache']);
  const { measurements, measuredBack } = await action.state();
  expect([measurements.length, measuredBack.length]).toEqual([3, 3]);
  expect(world().pagesOf(action).at(-1)).toBe('trigger');
  const subjects = world()
    .mailsOf(action)
    .map(({ subject }) => subject);
  expect(subjects.at(-1)).toMatch(/^ROLLBACK NOT VERIFIED/);
  const kinds = (await world().ledger.entriesOf(action.actionId)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'measuredBack')).toHaveLength(3);

  const next = await world().countersign.propose(flush('9.0.1'));
  await world().decide('edsger', 'approve', next);
  expect((await next.result()).outcome.kind).toBe('held');
  expect(await world().effectsOf(next)).toEqual([]);
});

test('a rollback that fails holds the target and pages', async () => {
  const action = await world().countersign.propose(deploy('3.0.0'));
  await world().decide('grace', 'approve', action);
  const { outcome } = await action.result();
  expect(outcome.kind).toBe('rollbackFailed');
  expect((await world().state()).checkout?.version).toBe('3.0.0');
  expect(world().pagesOf(action).at(-1)).toBe('trigger');
  const entries = await world().ledger.entriesOf(action.actionId);
  const told = entries.slice(-2).map(({ kind, body }) => ({ kind, body }));
  for (const by of ['page', 'mail'])
    expect(told).toContainEqual({
      kind: 'told',
      body: { deliveries: [expect.objectContaining({ by, delivered: true })] },
    });

  const next = await world().countersign.propose(deploy('3.0.1'));
  await world().decide('grace', 'approve', next);
  expect((await next.result()).outcome.kind).toBe('held');
  expect(await world().effectsOf(next)).toEqual([]);
});

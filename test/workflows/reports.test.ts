import { describe, expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { recordedState } from '../../src/contract/recorded-state.ts';
import type { Reported } from '../../src/domain/action/reported.ts';
import { readAction } from '../../src/gateway/use-cases/read-action.ts';
import { freeAgents, newKey, SPARE, testInstallation } from '../support/installation.ts';
import { orders, signed } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({
  installation: () => ({
    agents: { ...testInstallation().installation.agents, ...freeAgents(SPARE) },
  }),
});

const spare = SPARE.values();
const agent = () => ({ id: spare.next().value ?? '', version: '1.0.0' });

async function succeeded(): Promise<ActionHandle> {
  const action = await world().countersign.propose(proposal({ agent: agent() }));
  expect((await action.result()).outcome.kind).toBe('succeeded');
  return action;
}

async function rolledBack(): Promise<ActionHandle> {
  const action = await world().asked(deploy('2.5.0', { agent: agent() }));
  await world().decide('grace', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('rolledBack');
  return action;
}

const aReport = ({ actionId }: { actionId: string }, found: Reported = 'regressed') =>
  ({ kind: 'report', actionId, found, reason: 'carts were empty' }) as const;
const report = (person: string, action: { actionId: string }, found?: Reported) =>
  orders(world(), person, aReport(action, found));
const entriesOf = ({ actionId }: ActionHandle) => world().ledger.entriesOf(actionId);
const refused = (where: string) => ({ name: 'OrderRefused', faults: [{ where }] });

/** The levels that its agent lost, by cause. */
async function lostLevels(action: ActionHandle) {
  const { id } = (await action.state()).proposal.agent;
  const entries = await world().ledger.entriesOf(`standing/${id}`);
  return entries.filter(({ kind }) => kind === 'demoted').map(({ body }) => Object(body).because);
}

test('a regression that the watch missed is in the ledger as the person signed it, and in all that is told of the action', async () => {
  const action = await succeeded();
  const before = Date.now();
  expect(await report('grace', action)).toEqual({
    kind: 'reported',
    actionId: action.actionId,
    found: 'regressed',
  });
  const entry = (await entriesOf(action)).at(-1);
  expect(entry).toMatchObject({
    kind: 'reported',
    body: { person: 'grace', found: 'regressed', reason: 'carts were empty', jws: expect.any(String) },
  });
  expect(entry?.at).toBeGreaterThanOrEqual(before);
  const told = [{ person: 'grace', found: 'regressed', reason: 'carts were empty', at: entry?.at }];
  expect(await world().countersign.reports(action.actionId)).toEqual(told);
  expect(recordedState(await entriesOf(action))?.reports).toEqual(told);
  const { countersign, ledger } = world();
  const shown = await readAction({ countersign, ledger, now: Date.now }, action.actionId);
  expect(shown).toMatchObject({ from: 'workflow', state: { outcome: { kind: 'succeeded' }, reports: told } });
});

test('INVARIANT 10: it costs the agent one level at once, however many people report it, and a review costs no other', async () => {
  const action = await succeeded();
  await report('grace', action);
  expect(await lostLevels(action)).toEqual(['regressed']);
  await report('linus', action);
  const { workflowId, runId, digest } = await world().countersign.review(action.actionId);
  const jws = await world().sign('edsger', 'deny', action, { workflowId, runId, digest });
  await world().countersign.decide(workflowId, jws);
  expect(await world().client.workflow.getHandle(workflowId).result()).toMatchObject({ kind: 'disagreed' });
  expect(await lostLevels(action)).toEqual(['regressed']);
});

test('a rollback that was wrong is reported by somebody else than the side that asked, and gives no level back', async () => {
  const action = await rolledBack();
  await expect(report('radia', action, 'rollbackWrong')).rejects.toMatchObject(refused('person'));
  await report('grace', action, 'rollbackWrong');
  expect(await world().countersign.reports(action.actionId)).toMatchObject([{ found: 'rollbackWrong' }]);
  expect(await lostLevels(action)).toEqual(['rolledBack']);
});

test('its own side may report what speaks against the agent', async () => {
  const action = await succeeded();
  expect(await report('radia', action)).toMatchObject({ kind: 'reported' });
});

describe('what is refused changes nothing', () => {
  test('INVARIANT 13: a report that somebody else signed, or signed for another action', async () => {
    const action = await succeeded();
    const forged = await signed(world(), 'grace', aReport(action), {}, newKey());
    await expect(world().countersign.order(forged)).rejects.toMatchObject(refused('signature'));
    const old = await signed(world(), 'grace', aReport(action), { at: Date.now() - 16 * 60_000 });
    await expect(world().countersign.order(old)).rejects.toMatchObject(refused('at'));
    expect(await world().countersign.reports(action.actionId)).toEqual([]);
    expect(await lostLevels(action)).toEqual([]);
  });

  test('a second report of the same person; the same one handed in again is done already', async () => {
    const action = await succeeded();
    const jws = await signed(world(), 'grace', aReport(action));
    await world().countersign.order(jws);
    await world().countersign.order(jws);
    await expect(report('grace', action)).rejects.toMatchObject(refused('person'));
    expect(await world().countersign.reports(action.actionId)).toHaveLength(1);
  });

  test('a report on what never ran, is not over, ended otherwise, or is not known', async () => {
    const waiting = await world().asked(deploy('2.4.0', { agent: agent() }));
    await expect(report('grace', waiting)).rejects.toMatchObject(refused('actionId'));
    await world().decide('grace', 'deny', waiting);
    await waiting.result();
    for (const found of ['regressed', 'rollbackWrong'] as const)
      await expect(report('grace', waiting, found)).rejects.toMatchObject(refused('found'));
    const ran = await succeeded();
    await expect(report('grace', ran, 'rollbackWrong')).rejects.toMatchObject(refused('found'));
    await expect(report('grace', { actionId: 'nobody.nothing' })).rejects.toMatchObject(refused('actionId'));
  });
});

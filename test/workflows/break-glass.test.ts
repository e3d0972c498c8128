import { describe, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { GATEWAY_KEY, withGateway } from '../support/gateway.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

/** Deployments of 2.5.0 fail each measurement, and are let do so: only the tightest watch takes one back. */
const world = useWorld({
  installation: () => {
    const { actionTypes } = testInstallation().installation;
    const lax = Object.entries(actionTypes).map(([name, type]) => {
      const metrics = (type.watch?.metrics ?? []).map((metric) => ({
        ...metric,
        successCondition: 'result < 2.0',
        failureCondition: 'result > 0.01',
        failureLimit: -1,
      }));
      return [
        name,
        name === 'version.deploy' && type.watch ? { ...type, watch: { metrics } } : type,
      ] as const;
    });
    return { ...withGateway(), actionTypes: Object.fromEntries(lax) };
  },
});

const FOR = { reason: 'checkout is down', incident: 'INC-4711' } as const;
const breakGlass = (person: string, action: ActionHandle) => world().say(person, 'breakGlass', action, FOR);

describe('breaking the glass', () => {
  test('lets it run at once, watched as tightly as can be; everybody passed over is told, and it is reviewed', async () => {
    const action = await world().asked(deploy('2.5.0'));
    await breakGlass('linus', action);
    // One failed measurement is one too many, though the action type lets any number pass.
    expect((await action.result()).outcome.kind).toBe('rolledBack');
    expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
    expect(await world().ledgerOf(action)).toEqual([
      'ruled',
      'settled',
      'admitted',
      'executed',
      'verdict',
      'takenBack',
      'closed',
    ]);
    const entries = await world().ledger.entriesOf(action.actionId);
    expect(entries.find(({ kind }) => kind === 'settled')?.body).toMatchObject({
      settlement: { kind: 'brokenGlass', by: 'linus', ...FOR },
      breakGlass: { person: 'linus', jws: expect.any(String) },
    });
    expect((await action.state()).settlement).toEqual({ kind: 'brokenGlass', by: 'linus', ...FOR });

    const told = () =>
      world()
        .mailsOf(action)
        .filter(({ subject }) => subject?.startsWith('GLASS BROKEN'))
        .flatMap(({ to }) => to);
    await vi.waitFor(() => expect(told().sort()).toEqual(mailboxes('ada', 'grace', 'margaret')), PATIENCE);

    const review = await world().countersign.review(action.actionId);
    const openedAt = (await action.state()).breakGlass?.at ?? 0;
    expect(review.dueAt - openedAt).toBeGreaterThan(24 * 3_600_000 - 60_000);
    expect(review.dueAt - openedAt).toBeLessThan(24 * 3_600_000 + 60_000);
    expect(review.requirement).toMatchObject({
      approvers: [{ person: 'grace' }, { person: 'margaret' }],
      excluded: expect.arrayContaining([{ person: 'linus', reason: 'linus let it run' }]),
    });
  });

  test.each([
    ['is not on call', 'grace', FOR, 'notEntitled'],
    ['is on the side that asks for it', 'ada', FOR, 'requesterSide'],
    ['names no incident', 'linus', { reason: 'it is late' }, 'incomplete'],
    ['gives no reason', 'linus', { reason: undefined, incident: 'INC-4711' }, 'incomplete'],
  ] as const)('is not for whoever %s', async (_, person, said, refusal) => {
    const action = await world().asked(deploy('2.4.0'));
    const refused = world().say(person, 'breakGlass', action, said);
    await expect(refused).rejects.toMatchObject({ refusal });
    expect(await world().effectsOf(action)).toEqual([]);
    await world().say('margaret', 'deny', action);
    await action.result();
  });

  test('through the gateway needs a step-up, whatever the tier', async () => {
    const action = await world().asked(deploy('2.5.0'));
    const by = (authentication: 'session' | 'passkey') =>
      world().sign('linus', 'breakGlass', action, { ...FOR, authentication }, GATEWAY_KEY);
    const hand = async (jws: string) => world().countersign.decide(action.workflowId, jws);
    await expect(hand(await by('session'))).rejects.toMatchObject({ refusal: 'stepUpNeeded' });
    await hand(await by('passkey'));
    expect((await action.result()).outcome.kind).toBe('rolledBack');
  });

  test('lapses by itself when it cannot run in time, and is reviewed all the same', async () => {
    await world().stopWorker();
    const { leases } = world().parts;
    const busy = { kind: 'busy', reason: 'another one runs on it' } as const;
    await world().startWorker({ leases: { ...leases, acquire: () => Promise.resolve(busy) } });
    const action = await world().asked(deploy('2.4.0'));
    await breakGlass('linus', action);
    await world().until(action, 'admitting');
    await world().skip(action, 15 * 60_000);
    expect((await action.result()).outcome).toEqual({
      kind: 'held',
      reason: 'another one runs on it; the permission to run runs out before that changes',
    });
    expect(await world().effectsOf(action)).toEqual([]);
    expect((await world().countersign.review(action.actionId)).outcome.kind).toBe('held');
    await world().stopWorker();
    await world().startWorker();
  });

  test('approved by those who should, the same action runs as it is watched otherwise', async () => {
    const action = await world().asked(deploy('2.5.0'));
    await world().decide('grace', 'approve', action);
    expect((await action.result()).outcome.kind).toBe('succeeded');
  });
});

const mailboxes = (...people: string[]) => people.map((person) => `${person}@storefront.example`);

import { describe, expect, test } from 'vitest';
import { createAdmit } from '../../src/activities/admit.ts';
import { createDelegations } from '../../src/activities/delegations.ts';
import { createRule } from '../../src/activities/rule.ts';
import { agentStanding } from '../../src/activities/standing.ts';
import { DELEGATIONS } from '../../src/contract/delegation.ts';
import type { Delegation } from '../../src/domain/delegation.ts';
import type { Installation } from '../../src/domain/installation.ts';
import { anAction, jwsOf } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { aKey } from '../support/standing.ts';
import { aDesk, NOW } from './desk.ts';

const { installation, keys } = testInstallation();

/** The same once the key of this person is taken out of the catalog. */
function without(person: string): Installation {
  const { [person]: known, ...others } = installation.people;
  return known ? { ...installation, people: { ...others, [person]: { ...known, keys: [] } } } : installation;
}

const signedBy = (person: string, payload: object = {}) => {
  const key = keys[person];
  if (!key) throw new Error(`${person} has no key`);
  return jwsOf(key, { person, ...payload });
};

describe('INVARIANT 3: what a key signed that is gone is good for nothing that is still to come', () => {
  test.each([
    ['linus', 3],
    ['grace', 1],
  ])('a grant of %s, who is there: level %i', async (by, level) => {
    const desk = aDesk(proposal());
    const { ledger } = desk.deps;
    const actionId = 'standing/cache-agent';
    const key = aKey();
    await ledger.append({ eventId: 'a', actionId, kind: 'enrolled', at: 1, body: { key, level: 1 } });
    const jws = signedBy(by);
    const body = { key, level: 3, by, reason: 'good', orderId: 'o', jws };
    await ledger.append({ eventId: 'b', actionId, kind: 'granted', at: 2, body });
    const action = anAction({ agent: { ...key.agent, owner: 'user:radia' } });
    const { held } = await agentStanding({ ledger, installation: without('grace') }, action, NOW);
    expect(held.level).toBe(level);
  });

  test('a grant that lowered a level still does', async () => {
    const { ledger } = aDesk(proposal()).deps;
    const key = aKey();
    const body = { key, level: 0, by: 'grace', reason: 'wary', orderId: 'o', jws: signedBy('grace') };
    await ledger.append({ eventId: 'a', actionId: 'standing/cache-agent', kind: 'granted', at: 1, body });
    const action = anAction({ agent: { ...key.agent, owner: 'user:radia' } });
    const { held } = await agentStanding({ ledger, installation: without('grace') }, action, NOW);
    expect(held.level).toBe(0);
  });

  test('a delegation gives no place, before a ruling and after it', async () => {
    const asked = proposal({ target: 'cart' });
    const delegation: Delegation = {
      ...{ id: 'delegation-1', from: 'barbara', to: 'grace', scope: { kind: 'everything' } },
      ...{ since: 1, until: NOW + 1_000_000, reason: 'away' },
    };
    const desk = aDesk(asked);
    await desk.deps.ledger.append({
      ...{ eventId: 'order/1', actionId: DELEGATIONS, kind: 'delegated', at: 1 },
      body: { delegation, jws: signedBy('barbara') },
    });
    const approvers = async () => {
      const { ruling } = (await createRule(desk.deps).rule({ proposal: asked })) as {
        ruling?: { requirement?: { approvers?: { person: string }[] } };
      };
      return ruling?.requirement?.approvers?.map(({ person }) => person);
    };
    expect(await approvers()).toEqual(['grace', 'edsger', 'linus', 'margaret']);
    const actionId = desk.workflowId.slice('action/'.length);
    const digest = Reflect.get(Object(desk.entries.at(-1)?.body), 'ruling').digest;
    const vote = { person: 'grace', verdict: 'approve', decidedAt: NOW };
    const jws = signedBy('grace', { ...vote, authentication: 'signing-key' });
    const votes = [{ ...vote, jws, authentication: 'signing-key' }];
    const settlement = { kind: 'approved', by: ['grace'] };
    await desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/settled`,
      ...{ actionId, kind: 'settled', at: NOW, body: { digest, settlement, votes, since: NOW } },
    });
    Object.assign(desk.deps, { installation: without('barbara') });
    expect(await createDelegations(desk.deps).delegations()).toMatchObject([{ doubtful: true }]);
    expect(await createAdmit(desk.deps).admit()).toMatchObject({
      kind: 'refused',
      outcome: { kind: 'deniedByPolicy', reason: expect.stringContaining('approvals are not enough') },
    });
  });

  test('an approval does not let it run', async () => {
    const asked = proposal({ target: 'cart' });
    const desk = aDesk(asked);
    await createRule(desk.deps).rule({ proposal: asked });
    const actionId = desk.workflowId.slice('action/'.length);
    const digest = Reflect.get(Object(desk.entries.at(-1)?.body), 'ruling').digest;
    const vote = { person: 'barbara', verdict: 'approve', decidedAt: NOW, authentication: 'signing-key' };
    const votes = [{ ...vote, jws: signedBy('barbara', vote) }];
    const settlement = { kind: 'approved', by: ['barbara'] };
    await desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/settled`,
      ...{ actionId, kind: 'settled', at: NOW, body: { digest, settlement, votes, since: NOW } },
    });
    Object.assign(desk.deps, { installation: without('barbara') });
    expect(await createAdmit(desk.deps).admit()).toMatchObject({
      kind: 'refused',
      outcome: { reason: expect.stringContaining('the key of barbara is not in the catalog any more') },
    });
  });

  test('an edit does not run', async () => {
    const asked = proposal({ target: 'cart' });
    const desk = aDesk(asked);
    await createRule(desk.deps).rule({ proposal: asked });
    const actionId = desk.workflowId.slice('action/'.length);
    const edit = { by: 'edsger', reason: 'less', at: NOW, digestBefore: '', revision: 2, params: {} };
    await desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/edited/2`,
      ...{ actionId, kind: 'edited', at: NOW, body: { ...edit, jws: signedBy('edsger') } },
    });
    await createRule(desk.deps).rule({ proposal: asked });
    const digest = Reflect.get(Object(desk.entries.at(-1)?.body), 'ruling').digest;
    const settlement = { kind: 'proceed' };
    await desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/settled`,
      ...{ actionId, kind: 'settled', at: NOW, body: { digest, settlement, votes: [], since: NOW } },
    });
    Object.assign(desk.deps, { installation: without('edsger') });
    expect(await createAdmit(desk.deps).admit()).toMatchObject({
      outcome: { reason: 'the key of edsger, who edited it, is not in the catalog any more' },
    });
  });
});

import { describe, expect, test } from 'vitest';
import { createAdmit } from '../../src/activities/admit.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import { createDelegations } from '../../src/activities/shared/delegations.ts';
import { agentStanding } from '../../src/activities/shared/standing.ts';
import { DELEGATIONS } from '../../src/contract/delegation.ts';
import type { Delegation } from '../../src/domain/approval/delegation.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
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

const signedBy = (person: string, payload: object = {}): string => {
  const key = keys[person];
  if (!key) throw new Error(`${person} has no key`);
  return jwsOf(key, { person, ...payload });
};

/** What a person signs to grant a level for `aKey()`. */
const grantBy = (person: string, level: number, changes: object = {}) => {
  const { agent, actionType, serviceTier } = aKey();
  return signedBy(person, {
    kind: 'grant',
    installation: installation.name,
    agent: agent.id,
    agentVersion: agent.version,
    actionType,
    serviceTier,
    level,
    ...changes,
  });
};

/** What a person signs to give their place. */
const delegatedBy = (person: string, { to, scope, since, until }: Delegation) =>
  signedBy(person, { kind: 'delegate', to, scope, since, until });

/** The level that an agent holds that began at 1, with one entry more. */
async function levelWith(body: object, from: Installation = installation): Promise<number> {
  const { ledger } = aDesk(proposal()).deps;
  const actionId = 'standing/cache-agent';
  const key = aKey();
  await ledger.append({ eventId: 'a', actionId, kind: 'enrolled', at: 1, body: { key, level: 1 } });
  const granted = { key, level: 3, by: 'grace', reason: 'good', orderId: 'o', ...body };
  await ledger.append({ eventId: 'b', actionId, kind: 'granted', at: 2, body: granted });
  const action = anAction({ agent: { ...key.agent, owner: 'user:radia' } });
  return (await agentStanding({ ledger, installation: from }, action, NOW)).held.level;
}

describe('INVARIANT 13: an entry of the ledger grants no more than its person signed', () => {
  test('what they did counts', async () => {
    expect(await levelWith({ jws: grantBy('grace', 3) })).toBe(3);
  });

  test.each<[string, object]>([
    ['is not signed', {}],
    ['is signed by somebody else', { jws: grantBy('linus', 3) }],
    ['was signed for a lower level', { jws: grantBy('grace', 2) }],
    ['was signed for something else', { jws: signedBy('grace', { kind: 'hold' }) }],
    ['was signed for another version', { jws: grantBy('grace', 3, { agentVersion: '9' }) }],
    ['was signed for a model that it does not name', { jws: grantBy('grace', 3, { model: 'm-2' }) }],
  ])('one that %s raises nothing', async (_, body) => {
    expect(await levelWith(body)).toBe(1);
  });
});

test.each<[string, Partial<Delegation>, boolean]>([
  ['is as it was signed', {}, false],
  ['is to somebody else', { to: 'edsger' }, true],
  ['lasts longer', { until: NOW + 9_000_000 }, true],
  ['is for more', { scope: { kind: 'everything' } }, true],
])(
  'INVARIANT 13: a delegation of the ledger that %s is believed as far as it was signed',
  async (_, changes, doubtful) => {
    const desk = aDesk(proposal());
    const signed: Delegation = {
      id: 'delegation-1',
      from: 'barbara',
      to: 'grace',
      scope: { kind: 'service', service: 'cart' },
      since: 1,
      until: NOW + 1_000_000,
      reason: 'away',
    };
    const delegation = { ...signed, ...changes };
    await desk.deps.ledger.append({
      eventId: 'order/1',
      actionId: DELEGATIONS,
      kind: 'delegated',
      at: 1,
      body: { delegation, jws: delegatedBy('barbara', signed) },
    });
    const [found] = await createDelegations(desk.deps).delegations();
    expect(found?.doubtful ?? false).toBe(doubtful);
  },
);

describe('INVARIANT 3: what a key signed that is gone is good for nothing that is still to come', () => {
  test.each([
    ['linus', 3],
    ['grace', 1],
  ])('a grant of %s, who is there: level %i', async (by, level) => {
    expect(await levelWith({ by, jws: grantBy(by, 3) }, without('grace'))).toBe(level);
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
      id: 'delegation-1',
      from: 'barbara',
      to: 'grace',
      scope: { kind: 'everything' },
      since: 1,
      until: NOW + 1_000_000,
      reason: 'away',
    };
    const desk = aDesk(asked);
    await desk.deps.ledger.append({
      eventId: 'order/1',
      actionId: DELEGATIONS,
      kind: 'delegated',
      at: 1,
      body: { delegation, jws: delegatedBy('barbara', delegation) },
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
      actionId,
      kind: 'settled',
      at: NOW,
      body: { digest, settlement, votes, since: NOW },
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
      actionId,
      kind: 'settled',
      at: NOW,
      body: { digest, settlement, votes, since: NOW },
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
      actionId,
      kind: 'edited',
      at: NOW,
      body: { ...edit, jws: signedBy('edsger') },
    });
    await createRule(desk.deps).rule({ proposal: asked });
    const digest = Reflect.get(Object(desk.entries.at(-1)?.body), 'ruling').digest;
    const settlement = { kind: 'proceed' };
    await desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/settled`,
      actionId,
      kind: 'settled',
      at: NOW,
      body: { digest, settlement, votes: [], since: NOW },
    });
    Object.assign(desk.deps, { installation: without('edsger') });
    expect(await createAdmit(desk.deps).admit()).toMatchObject({
      outcome: { reason: 'the key of edsger, who edited it, is not in the catalog any more' },
    });
  });
});

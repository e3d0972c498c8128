import { expect, test } from 'vitest';
import { OrderRefused } from '../../src/client/index.ts';
import type { ScoreCardOrder, Unsigned } from '../../src/domain/orders/order.ts';
import { testInstallation } from '../support/installation.ts';
import { aGrant, orders } from '../support/orders.ts';
import { aKey } from '../support/standing.ts';
import { useWorld } from '../support/world.ts';

const { rules, agents } = testInstallation().installation;
const world = useWorld({
  installation: () => ({
    rules: { ...rules, standing: { grantedBy: 'group:sre-on-call', scoreCard: { cases: 50, wrong: 0 } } },
    agents: { ...agents, 'new-agent': { id: 'new-agent', owner: 'user:linus', level: 1 } },
  }),
});

const card = (changes: Partial<ScoreCardOrder> = {}): Unsigned<ScoreCardOrder> => ({
  kind: 'scoreCard',
  agent: 'cache-agent',
  agentVersion: '2.0.0',
  build: 'a'.repeat(64),
  cases: 50,
  wrong: 0,
  digest: 'b'.repeat(64),
  reason: 'asked about November',
  ...changes,
});
const grant = (level: 1 | 2, version = '2.0.0') =>
  orders(world(), 'linus', aGrant(aKey({ id: 'cache-agent', version }), level));
const refusal = async (order: Promise<unknown>) =>
  order.then(
    () => 'carried out',
    (error) => (error instanceof OrderRefused ? error.message : Promise.reject(error)),
  );

test('a level is granted once a card of this very build is recorded that is good enough', async () => {
  expect(await refusal(grant(2))).toContain('a higher level needs a score card of this build');
  await orders(world(), 'margaret', card({ cases: 49 }));
  expect(await refusal(grant(2))).toContain('a score card over 50 cases, the last one has 49');
  await orders(world(), 'margaret', card({ wrong: 1 }));
  expect(await refusal(grant(2))).toContain('at most 0 wrong proposals, the last one has 1');
  expect(await orders(world(), 'margaret', card())).toEqual({
    kind: 'scoreCardRecorded',
    cases: 50,
    wrong: 0,
  });
  expect(await refusal(grant(2, '2.0.1'))).toContain('a score card of this build');
  expect(await grant(2)).toEqual({ kind: 'granted', level: 2 });
});

test('no card is needed to lower a level', async () => {
  expect(await grant(1)).toEqual({ kind: 'granted', level: 1 });
});

test('a card is a signed entry of the ledger', async () => {
  const entries = await world().ledger.entriesOf('score-cards/cache-agent');
  expect(entries.map(({ kind }) => kind)).toEqual(Array(3).fill('scoreCardRecorded'));
  expect(entries[2]?.body).toMatchObject({
    agent: { id: 'cache-agent', version: '2.0.0' },
    by: 'margaret',
    cases: 50,
    wrong: 0,
    build: 'a'.repeat(64),
    jws: expect.stringMatching(/^ey/),
  });
});

test('INVARIANT 13: an entry that its person did not sign so is no card', async () => {
  const { ledger } = world();
  const [, , entry] = await ledger.entriesOf('score-cards/cache-agent');
  const forged = (changes: object) =>
    ledger.append({
      eventId: `forged-${crypto.randomUUID()}`,
      actionId: 'score-cards/cache-agent',
      kind: 'scoreCardRecorded',
      at: Date.now(),
      body: { ...Object(entry?.body), ...changes },
    });
  await forged({ agent: { id: 'cache-agent', version: '3.0.0' } });
  await forged({ agent: { id: 'cache-agent', version: '3.0.0' }, jws: 'ey' });
  expect(await refusal(grant(2, '3.0.0'))).toContain('a score card of this build');
});

test('INVARIANT 4: the owner of an agent records none for it, and neither does who may not grant', async () => {
  expect(await refusal(orders(world(), 'linus', card({ agent: 'new-agent' })))).toContain(
    'user:linus owns new-agent, so somebody else has to record it',
  );
  expect(await refusal(orders(world(), 'edsger', card()))).toContain('edsger may not record a score card');
  expect(await refusal(orders(world(), 'margaret', card({ agent: 'no-agent' })))).toContain('no-agent');
});

import { expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { DecisionKind, DecisionStatement } from '../../src/domain/approval/decision-statement.ts';
import type { Refusal } from '../../src/domain/approval/refusal.ts';
import { endOf } from '../support/agreement.ts';
import { GATEWAY_KEY, withGateway } from '../support/gateway.ts';
import { newKey, type SigningKey, testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({ installation: () => withGateway() });

const byGateway = (
  person: string,
  verdict: DecisionKind,
  action: ActionHandle,
  changes: Partial<DecisionStatement> = {},
  key: SigningKey = GATEWAY_KEY,
) => world().sign(person, verdict, action, { authentication: 'passkey', ...changes }, key);

const decide = (action: ActionHandle, jws: string) => world().countersign.decide(action.workflowId, jws);

test('what the gateway signed for a person who stepped up counts, and the vote says how', async () => {
  const action = await world().asked(deploy('2.4.0'));
  await decide(action, await byGateway('grace', 'approve', action, { authentication: 'totp' }));
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  expect((await action.state()).votes).toMatchObject([{ person: 'grace', authentication: 'totp' }]);
});

test('at tier 2 being signed in is enough', async () => {
  const action = await world().asked(proposal({ target: 'cart' }));
  await decide(action, await byGateway('barbara', 'approve', action, { authentication: 'session' }));
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
});

type Bent = readonly [what: string, refusal: Refusal, bend: (action: ActionHandle) => Promise<string>];
const bits = (text: string, at: number) =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

const BENT: readonly Bent[] = [
  [
    'from a session where a step-up is needed',
    'stepUpNeeded',
    (action) => byGateway('grace', 'approve', action, { authentication: 'session' }),
  ],
  [
    "by the gateway's key that passes for a person's own",
    'badSignature',
    (action) => byGateway('grace', 'approve', action, { authentication: 'signing-key' }),
  ],
  [
    "by a person's own key that passes for the gateway's",
    'badSignature',
    (action) => world().sign('grace', 'approve', action, { authentication: 'passkey' }),
  ],
  ['by another gateway', 'badSignature', (action) => byGateway('grace', 'approve', action, {}, newKey())],
  [
    "of the requester's side, through the gateway",
    'requesterSide',
    (action) => byGateway('ada', 'approve', action),
  ],
  ['of a person who may not decide', 'notEntitled', (action) => byGateway('radia', 'approve', action)],
  [
    'with a bit of its signature flipped',
    'badSignature',
    async (action) => {
      const jws = await byGateway('grace', 'approve', action);
      return bits(jws, jws.lastIndexOf('.') + 20);
    },
  ],
  [
    'that is cut off',
    'badSignature',
    async (action) => (await byGateway('grace', 'approve', action)).slice(0, -9),
  ],
];

test.each(BENT)(
  'INVARIANT 3: a decision %s is refused as %s and leaves no trace',
  async (_, refusal, bend) => {
    const action = await world().asked(deploy('2.4.0'));
    const before = await world().historyOf(action);
    const refused = decide(action, await bend(action));
    await expect(refused).rejects.toMatchObject({ name: 'DecisionRefused', refusal });
    expect(await world().historyOf(action)).toEqual(before);
    expect(await world().effectsOf(action)).toEqual([]);
  },
);

test('INVARIANT 3: a key of the gateway is good while both what was ruled on and the installation of today name it', async () => {
  const before = await world().asked(deploy('2.4.0'));
  const other = await world().asked(deploy('2.4.0'));
  const next = newKey();
  const { digests: _, ...known } = world().installation;
  const withKeys = (...keys: string[]) => testInstallation({ ...known, ...withGateway({ keys }) });
  await world().stopWorker();
  await world().startWorker({ installation: withKeys(GATEWAY_KEY.x, next.x).installation });

  await expect(decide(before, await byGateway('grace', 'approve', before, {}, next))).rejects.toMatchObject({
    refusal: 'badSignature',
  });
  await decide(before, await byGateway('grace', 'approve', before));
  expect(await endOf(world(), before)).toMatchObject({ kind: 'succeeded' });

  // Somebody stole it, and it was taken out: what it signed is good for nothing that has not run yet.
  await world().stopWorker();
  await world().startWorker({ installation: withKeys(next.x).installation });
  await decide(other, await byGateway('grace', 'approve', other));
  expect(await endOf(world(), other)).toMatchObject({
    kind: 'deniedByPolicy',
    reason: expect.stringContaining('the key of grace is not in the catalog any more'),
  });
  const after = await world().asked(deploy('2.4.0'));
  await expect(decide(after, await byGateway('grace', 'deny', after))).rejects.toMatchObject({
    refusal: 'badSignature',
  });
  await decide(after, await byGateway('grace', 'deny', after, {}, next));
  expect(await endOf(world(), after)).toMatchObject({ kind: 'deniedByPerson' });
});

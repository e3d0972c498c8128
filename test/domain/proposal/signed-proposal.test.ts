import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProposal } from '../../../src/contract/proposal.ts';
import type { Proposal } from '../../../src/domain/action/action.ts';
import { actionIdOf, resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { misdirected, whyUnsigned } from '../../../src/domain/proposal/signed-proposal.ts';
import { rule } from '../../../src/domain/ruling/ruling.ts';
import { signed } from '../../gateway/signed.ts';
import { newKey, testInstallation } from '../../support/installation.ts';
import { impactOf, RULED_AT } from '../../support/policies.ts';
import { proposal } from '../../support/proposals.ts';
import { heldAt } from '../../support/standing.ts';

const KEY = newKey();
const KEYS = [KEY.x];

describe('what an agent signed is good for one installation, and for a day', () => {
  const NOW = Date.UTC(2026, 2, 14, 15);
  const HOUR = 3_600_000;
  const told = { installation: 'storefront', expiresAt: NOW + HOUR, signature: 'h..s' };
  const wrong = (changes: Partial<Proposal>) =>
    misdirected({ ...proposal(), ...changes }, 'storefront', NOW).map(({ where }) => where);

  test.each<[string, Partial<Proposal>, string[]]>([
    ['for this one, in time', told, []],
    ['for another one', { ...told, installation: 'staging' }, ['installation']],
    ['for none', { ...told, installation: undefined }, ['installation']],
    ['without an end', { ...told, expiresAt: undefined }, ['expiresAt']],
    ['at its end', { ...told, expiresAt: NOW }, ['expiresAt']],
    ['for a week', { ...told, expiresAt: NOW + 7 * 24 * HOUR }, ['expiresAt']],
    ['with nothing of it', { signature: 'h..s' }, ['installation', 'expiresAt']],
  ])('signed %s', (_, changes, where) => {
    expect(wrong(changes)).toEqual(where);
  });

  test('unsigned it says neither; what it says must be so all the same', () => {
    expect(wrong({})).toEqual([]);
    expect(wrong({ installation: 'staging', expiresAt: NOW - 1 })).toEqual(['installation', 'expiresAt']);
  });

  test('it is not believed where either was changed after it was signed', async () => {
    const good = await signed(proposal(), KEY);
    for (const change of [{ installation: 'staging' }, { expiresAt: NOW + 2 * HOUR }])
      expect(whyUnsigned({ ...good, ...change }, KEYS)).toContain('its signature does not verify');
  });
});

describe('a proposal of an agent that has keys', () => {
  test('is believed with its signature', async () => {
    expect(whyUnsigned(await signed(proposal(), KEY), [newKey().x, KEY.x])).toBeUndefined();
  });

  test('is not believed without one', () => {
    expect(whyUnsigned(proposal(), KEYS)).toBe('cache-agent signs what it proposes, and this is not signed');
  });

  const changes: [string, Partial<Proposal>][] = [
    ['its target', { target: 'checkout' }],
    ['its parameters', { params: { all: true } }],
    ['its agent', { agent: { id: 'cache-agent', version: '9.9.9' } }],
    ['its evidence', { evidence: [{ title: 'other', detail: 'evidence' }] }],
    ['its key', { idempotencyKey: 'other' }],
    ['the tier that it declares', { declaredTier: 2 }],
  ];
  test.each(changes)('is not believed when %s changed after it was signed', async (_what, change) => {
    const bent = { ...(await signed(proposal(), KEY)), ...change };
    expect(whyUnsigned(bent, KEYS)).toContain('its signature does not verify');
  });

  test('is not believed with the signature of another key', async () => {
    expect(whyUnsigned(await signed(proposal(), newKey()), KEYS)).toContain('not registered');
  });

  test.each(['', 'a.b', 'a.b.c', 'a..b.c', '..', 'eyJhbGciOiJub25lIn0..x'])(
    'is not believed with "%s" for a signature',
    (signature) => {
      expect(whyUnsigned({ ...proposal(), signature }, KEYS)).toContain('is refused');
    },
  );

  test('is not believed with any bit of its signature flipped', async () => {
    const good = await signed(proposal(), KEY);
    const [header = '', , signature = ''] = (good.signature ?? '').split('.');
    const bytes = Buffer.from(signature, 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const bent = Buffer.from(bytes);
        bent.writeUInt8(bent.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        return (
          whyUnsigned({ ...good, signature: `${header}..${bent.toString('base64url')}` }, KEYS) !== undefined
        );
      }),
    );
  });
});

test('anyone who can start workflows can act as an agent that has no keys', () => {
  expect(whyUnsigned(proposal())).toBeUndefined();
});

test('what is handed in unsigned is not believed, whatever signature and keys there are', async () => {
  const marked = { ...(await signed(proposal(), KEY)), authenticated: false as const };
  for (const keys of [KEYS, []]) expect(whyUnsigned(marked, keys)).toContain('handed in unsigned');
});

test('no proposal can say that it is authenticated', () => {
  expect(parseProposal({ ...proposal(), authenticated: true })).toMatchObject({ kind: 'refused' });
  expect(parseProposal({ ...proposal(), authenticated: false })).toMatchObject({ kind: 'proposal' });
});

test('INVARIANT 10: what is not signed is only recommended, even where every policy permits everything', () => {
  const { installation } = testInstallation();
  const resolved = resolve(installation, { ...proposal(), authenticated: false }, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { action } = resolved;
  const asked = {
    action,
    impact: impactOf(installation, action),
    circumstances: {},
    at: RULED_AT,
    held: heldAt(3),
  };
  const ruled = rule(installation, () => ({ decision: 'allow', determining: [], errors: [] }), asked);
  expect(ruled).toMatchObject({
    kind: 'permit',
    tier: 4,
    mode: 'recommend',
    authority: { level: 0, held: { level: 3 } },
  });
});

test('nobody has the id of an action that was signed but whoever signed it', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);
  fc.assert(
    fc.property(id, id, id, id, (agent, key, other, otherKey) => {
      const own = actionIdOf({ agent: { id: agent, version: '1' }, idempotencyKey: key });
      const squatted = (by: string, idempotencyKey: string) =>
        actionIdOf({ agent: { id: by, version: '1' }, idempotencyKey, authenticated: false });
      return squatted(agent, key) !== own && squatted(other, otherKey) !== own;
    }),
  );
});

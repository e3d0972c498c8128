import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { agentBuild, parseProposal } from '../../src/contract/proposal.ts';
import { authoritySchema, standingIn, type standingKeySchema } from '../../src/contract/standing.ts';
import { authorityOf, ceilingOf } from '../../src/domain/autonomy/effective-level.ts';
import { heldLevel } from '../../src/domain/autonomy/held-level.ts';
import type { StandingFact, StandingKey } from '../../src/domain/autonomy/standing.ts';
import { chain, type EntryKind, type ReadEntry } from '../../src/domain/ledger/ledger.ts';
import type { Json } from '../../src/domain/shared/json.ts';
import { actionTypeWith } from '../domain/support.ts';
import { proposal } from '../support/proposals.ts';
import { aKey, heldAt } from '../support/standing.ts';

const entry = (kind: EntryKind, body: object, at = 7) => {
  const sent: Json = JSON.parse(JSON.stringify(body));
  const fact = { eventId: 'e', actionId: 'standing/cache-agent', kind, at, body: sent };
  return chain({ seq: 0, hash: '0'.repeat(64) }, fact);
};
const grant = { key: aKey(), level: 2, by: 'linus', reason: 'a good month', orderId: 'order/1' };

test.each<[EntryKind, object]>([
  ['enrolled', { key: aKey(), level: 3 }],
  ['enrolled', { key: aKey(), level: 2, after: { agent: aKey({ version: '1' }).agent, level: 3 } }],
  ['granted', grant],
  ['demoted', { key: aKey({ model: 'm' }), actionId: 'a', because: 'disagreed', reason: 'no' }],
])('what the ledger says is read back: %s', (kind, body) => {
  expect(standingIn([entry(kind, body)])).toEqual([{ kind, at: 7, ...body }]);
});

test('what a grant rested on is kept in the ledger and left out of the standing', () => {
  expect(standingIn([entry('granted', { ...grant, jws: 'x', evidence: {} })])).toEqual([
    { kind: 'granted', at: 7, ...grant },
  ]);
});

const CHANGED_ROW: ReadEntry = {
  ...entry('demoted', {}),
  kind: 'unreadable',
  body: { reason: 'row 1 of the ledger was changed' },
};

describe('INVARIANT 10: an entry of an agent that cannot be read takes its levels, and stops nobody', () => {
  test.each<[string, ReadEntry]>([
    ['of another kind', entry('closed', grant)],
    [
      'of a kind that only a later version knows',
      { ...entry('granted', grant), kind: 'suspended' as 'granted' },
    ],
    ['without a level', entry('granted', { ...grant, level: undefined })],
    ['of level 4', entry('enrolled', { key: aKey(), level: 4 })],
    ['of nobody', entry('enrolled', { level: 3 })],
    ['of a reason that only a later version knows', entry('demoted', { ...grant, because: 'leaked' })],
    ['without a body', entry('demoted', [])],
    ['whose row was changed', CHANGED_ROW],
  ])('an entry %s', (_, unreadable) => {
    const facts = standingIn([entry('enrolled', { key: aKey(), level: 3 }, 5), unreadable]);
    expect(facts).toEqual([expect.objectContaining({ level: 3 }), { kind: 'unreadable', seq: 1, at: 7 }]);
    expect(heldLevel(facts, aKey())).toMatchObject({ level: 0, since: 7 });
    const after = standingIn([unreadable, entry('granted', grant, 8)]);
    expect(heldLevel(after, aKey())).toMatchObject({ level: 2, lowered: [] });
  });

  test('of which nobody knows the time counts from the last before it, at the earliest', () => {
    const facts = standingIn([entry('granted', grant, 50), { ...CHANGED_ROW, at: 0 }]);
    expect(facts.at(-1)).toMatchObject({ at: 50 });
    expect(heldLevel(facts, aKey())?.level).toBe(0);
  });
});

test('the authority of a ruling passes its schema, and nothing more does', () => {
  const authority = authorityOf(heldAt(2), ceilingOf(actionTypeWith({})));
  expect(authoritySchema.parse(JSON.parse(JSON.stringify(authority)))).toEqual(authority);
  const doubted = { ...authority.held, lowered: [{ kind: 'unreadable', seq: 9, at: 5 }] };
  expect(authoritySchema.safeParse({ ...authority, held: doubted }).success).toBe(true);
  expect(authoritySchema.safeParse({ ...authority, level: 4 }).success).toBe(false);
  expect(authoritySchema.safeParse({ ...authority, more: true }).success).toBe(false);
});

test('the schemas say what the domain says: checked by the compiler', () => {
  expectTypeOf<z.infer<typeof standingKeySchema>>().toExtend<StandingKey>();
  expectTypeOf<ReturnType<typeof standingIn>>().toEqualTypeOf<StandingFact[]>();
});

test.each<[string, object, string[]]>([
  ['a model', { model: 'vendor/m-2.1:beta@2026' }, []],
  ['a prompt digest', { promptDigest: '0a'.repeat(32) }, []],
  ['a model with blanks', { model: 'm 2' }, ['agent.model']],
  ['a model of 201 characters', { model: 'm'.repeat(201) }, ['agent.model']],
  ['a prompt digest in capitals', { promptDigest: '0A'.repeat(32) }, ['agent.promptDigest']],
  ['the prompt itself', { promptDigest: 'You are a careful agent.' }, ['agent.promptDigest']],
])('a proposal with %s', (_, more, faults) => {
  const parsed = parseProposal(proposal({ agent: { id: 'cache-agent', version: '1', ...more } }));
  expect(parsed.kind === 'refused' ? parsed.faults.map(({ where }) => where) : []).toEqual(faults);
});

test('whoever names neither model nor prompt is taken as before', () => {
  expect(agentBuild.parse({ id: 'cache-agent', version: '1' })).toEqual({ id: 'cache-agent', version: '1' });
});

import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { agentBuild, parseProposal } from '../../src/contract/proposal.ts';
import { authoritySchema, standingChangeOf, type standingKeySchema } from '../../src/contract/standing.ts';
import { authorityOf, ceilingOf } from '../../src/domain/authority.ts';
import type { Json } from '../../src/domain/json.ts';
import { chain, type EntryKind } from '../../src/domain/ledger.ts';
import type { StandingChange, StandingKey } from '../../src/domain/standing.ts';
import { actionTypeWith } from '../domain/support.ts';
import { proposal } from '../support/proposals.ts';
import { aKey, heldAt } from '../support/standing.ts';

const entry = (kind: EntryKind, body: object) => {
  const sent: Json = JSON.parse(JSON.stringify(body));
  const fact = { eventId: 'e', actionId: 'standing/cache-agent', kind, at: 7, body: sent };
  return chain({ seq: 0, hash: '0'.repeat(64) }, fact);
};
const grant = { key: aKey(), level: 2, by: 'linus', reason: 'a good month', orderId: 'order/1' };

test.each<[EntryKind, object]>([
  ['enrolled', { key: aKey(), level: 3 }],
  ['enrolled', { key: aKey(), level: 2, after: { agent: aKey({ version: '1' }).agent, level: 3 } }],
  ['granted', grant],
  ['demoted', { key: aKey({ model: 'm' }), actionId: 'a', because: 'disagreed', reason: 'no' }],
])('what the ledger says is read back: %s', (kind, body) => {
  expect(standingChangeOf(entry(kind, body))).toEqual({ kind, at: 7, ...body });
});

test('what a grant rested on is kept in the ledger and left out of the standing', () => {
  expect(standingChangeOf(entry('granted', { ...grant, jws: 'x', evidence: {} }))).toEqual({
    ...{ kind: 'granted', at: 7 },
    ...grant,
  });
});

test.each<[string, EntryKind, object]>([
  ['of another kind', 'closed', grant],
  ['without a level', 'granted', { ...grant, level: undefined }],
  ['of level 4', 'enrolled', { key: aKey(), level: 4 }],
  ['of nobody', 'enrolled', { level: 3 }],
])('INVARIANT 1: an entry %s is no standing, and nothing is ruled on it', (_, kind, body) => {
  expect(() => standingChangeOf(entry(kind, body))).toThrow();
});

test('the authority of a ruling passes its schema, and nothing more does', () => {
  const authority = authorityOf(heldAt(2), ceilingOf(actionTypeWith({})));
  expect(authoritySchema.parse(JSON.parse(JSON.stringify(authority)))).toEqual(authority);
  expect(authoritySchema.safeParse({ ...authority, level: 4 }).success).toBe(false);
  expect(authoritySchema.safeParse({ ...authority, more: true }).success).toBe(false);
});

test('the schemas say what the domain says: checked by the compiler', () => {
  expectTypeOf<z.infer<typeof standingKeySchema>>().toExtend<StandingKey>();
  expectTypeOf<StandingChange>().toEqualTypeOf<ReturnType<typeof standingChangeOf>>();
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

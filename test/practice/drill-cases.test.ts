import { expect, test } from 'vitest';
import { approversOf } from '../../src/domain/approval/requirement.ts';
import { createDrillCases } from '../../src/practice/drill-cases.ts';
import { shippedCase } from './support.ts';

const { loaded } = await shippedCase('far-more-than-claimed');
const casesWith = (names: Readonly<Record<string, string>>) =>
  createDrillCases(loaded, '.', { share: 0.02, names });
const run = { runId: 'a-run', idempotencyKey: 'request-1', at: Date.parse('2027-03-02T10:00:00Z') };

test('a bad case is ruled on at the time at which it comes, and its page still shows what is wrong', async () => {
  const asked = await casesWith({}).ask('far-more-than-claimed', run);
  expect(asked).toMatchObject({
    kind: 'asked',
    ruled: {
      action: { id: 'scaler-agent.request-1', params: { count: 20 } },
      ruling: { context: { date: '2027-03-02' } },
      proposal: { evidence: [{ detail: '71 % at 2027-03-02T09:57:00Z' }] },
    },
    reveal: {
      kind: 'far more than is claimed',
      facts: ['count goes from 4 to 20, 5 times as much', expect.anything()],
    },
  });
});

test('people and the gateway keep their keys: what they sign about a drill is really theirs', async () => {
  const asked = await casesWith({}).ask('older-version', run);
  if (asked.kind === 'none' || !('requirement' in asked.ruled.ruling)) throw new Error('it is asked');
  const { people, rules } = loaded.installation;
  expect(asked.ruled.ruling.gateway?.keys).toEqual(rules.gateway?.keys);
  const keysOf = (person: string) => people[person]?.keys ?? [];
  for (const { person, keys = [] } of approversOf(asked.ruled.ruling.requirement))
    expect(keys, person).toEqual(keysOf(person));
});

test.each([
  ['good-one-more', {}, /it is good: a drill must be denied/],
  ['edited-parameter', {}, /a person would have to sign its edit/],
  ['frozen', {}, /its page does not say/],
  ['older-version', { checkout: 'basket' }, /the folder has no service "basket"/],
] as const)('%s cannot be asked here', async (name, names, why) => {
  expect(await casesWith(names).ask(name, run)).toEqual({ kind: 'none', why: expect.stringMatching(why) });
});

test('a case gets the names of the installation', async () => {
  const asked = await casesWith({ checkout: 'search' }).ask('instructions-in-the-text', run);
  // Search is of another tier: its page says the same words all the same.
  expect(asked).toMatchObject({ kind: 'asked', ruled: { action: { target: 'search' } } });
});

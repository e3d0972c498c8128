import { expect, test } from 'vitest';
import type { Fact } from '../../src/activities/ledger.ts';
import { createRule, type RuleInput } from '../../src/activities/rule.ts';
import { assessImpact } from '../../src/domain/impact.ts';
import { resolve } from '../../src/domain/resolve.ts';
import { aPastAction, calmFacts } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { defaultAuthorize } from '../support/policies.ts';
import { proposal } from '../support/proposals.ts';

const { installation } = testInstallation();
const resolved = resolve(installation, proposal(), () => []);
if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));

const input = (past = [aPastAction()]): RuleInput => ({
  action: resolved.action,
  impact: assessImpact(installation, resolved, { ...calmFacts, past }),
  runId: 'run',
  at: 1,
});

/** The facts that ruling on these writes, one after the other. */
async function recorded(...inputs: RuleInput[]): Promise<Fact[]> {
  const facts: Fact[] = [];
  const ledger = {
    append: async (fact: Fact) => {
      facts.push(fact);
    },
    entriesOf: async () => [],
  };
  const { rule } = createRule({ installation, authorize: defaultAuthorize, ledger });
  for (const each of inputs) await rule(each);
  return facts;
}

test('INVARIANT 9: the impact that a ruling rested on is recorded with it', async () => {
  const [fact] = await recorded(input());
  expect(fact).toMatchObject({ kind: 'ruled', body: { impact: input().impact, ruling: { kind: 'permit' } } });
});

test('a ruling that is repeated is one fact; with another impact, as after a crash, it is another', async () => {
  const [first, again, other] = await recorded(input(), { ...input(), at: 2 }, input([]));
  expect(again?.eventId).toBe(first?.eventId);
  expect(other?.eventId).not.toBe(first?.eventId);
});

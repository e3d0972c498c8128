import { describe, expect, test } from 'vitest';
import type { AttentionRecords } from '../../src/activities/attention.ts';
import type { Fact, Ledger } from '../../src/activities/ledger.ts';
import { createRule, type RuleInput } from '../../src/activities/rule.ts';
import { rulingSchema } from '../../src/contract/facts.ts';
import type { Attention, Request } from '../../src/domain/attention.ts';
import { assessImpact } from '../../src/domain/impact.ts';
import type { Json } from '../../src/domain/json.ts';
import { resolve } from '../../src/domain/resolve.ts';
import { aPastAction, calmFacts } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { defaultAuthorize } from '../support/policies.ts';
import { proposal } from '../support/proposals.ts';
import { aKey } from '../support/standing.ts';

const { installation } = testInstallation();
const asked = proposal();
const resolved = resolve(installation, asked, () => []);
if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));

const input = (past = [aPastAction()]): RuleInput => ({
  proposal: asked,
  action: resolved.action,
  impact: assessImpact(installation, resolved, { ...calmFacts, past }),
  runId: 'run',
  at: 1,
});

/** A ledger that knows these entries of the agent's standing, and the facts that are appended to it. */
function ledgerOf(facts: Fact[], standing: Omit<Fact, 'eventId' | 'actionId'>[] = []): Ledger {
  const chained = {
    seq: 1,
    previousHash: '0',
    hash: '1',
    eventId: 'before',
    actionId: 'standing/cache-agent',
  };
  return {
    append: async (fact) => {
      facts.push(fact);
    },
    entriesOf: async (subject) =>
      [...standing, ...facts.filter(({ actionId }) => actionId === subject)].map((fact) => ({
        ...chained,
        ...fact,
        body: jsonOf(fact.body),
      })),
  };
}
/** Without rules of attention nobody asks for it. */
const never = () => Promise.reject(new Error('nothing is asked of it'));
const attention: AttentionRecords = {
  ...{ permit: never, asksSince: never, seenSince: never, alarmsOn: never, ranAlone: never },
};

const jsonOf = (body: unknown): Json => JSON.parse(JSON.stringify(body));

/** The facts that ruling on these writes, one after the other. */
async function recorded(...inputs: RuleInput[]): Promise<Fact[]> {
  const facts: Fact[] = [];
  const { rule } = createRule({
    installation,
    attention,
    authorize: defaultAuthorize,
    ledger: ledgerOf(facts),
  });
  for (const each of inputs) await rule(each);
  return facts;
}

test('INVARIANT 9: the impact that a ruling rested on is recorded with it', async () => {
  const [, fact] = await recorded(input());
  expect(fact).toMatchObject({
    kind: 'ruled',
    body: { proposal: asked, impact: input().impact, ruling: { kind: 'permit' } },
  });
});

test('a ruling that is repeated is one fact; with another impact, as after a crash, it is another', async () => {
  const [, first, again, other] = await recorded(input(), { ...input(), at: 2 }, input([]));
  expect(again?.eventId).toBe(first?.eventId);
  expect(other?.eventId).not.toBe(first?.eventId);
});

describe('the level that an agent holds is looked up when it is ruled on', () => {
  test('INVARIANT 9: where it begins is in the ledger before the first ruling that rests on it, and only once', async () => {
    const facts = await recorded(input(), input([]));
    expect(facts.map(({ kind }) => kind)).toEqual(['enrolled', 'ruled', 'ruled']);
    expect(facts[0]).toMatchObject({ actionId: 'standing/cache-agent', body: { key: aKey(), level: 3 } });
    expect(facts[1]).toMatchObject({
      body: { ruling: { authority: { level: 3, held: { given: { level: 3 } } } } },
    });
  });

  test('what the ledger says of it counts, not what the catalog says', async () => {
    const key = aKey();
    const standing = [
      { kind: 'enrolled', at: 1, body: { key, level: 3 } },
      { kind: 'demoted', at: 2, body: { key, actionId: 'a', because: 'rolledBack', reason: 'errors' } },
    ] as const;
    const { rule } = createRule({
      ...{ installation, attention },
      authorize: defaultAuthorize,
      ledger: ledgerOf([], [...standing]),
    });
    expect(await rule(input())).toMatchObject({
      ...{ tier: 2, mode: 'executeAfterWindow' },
      authority: { level: 2, held: { lowered: [{ actionId: 'a', because: 'rolledBack' }] } },
    });
  });
});

describe('where rules of attention are set', () => {
  /** Rules on a flush of cart, which waits for its owners, barbara and edsger. */
  async function ruledWith(rules: Attention, records: Partial<AttentionRecords>) {
    const onCart = proposal({ target: 'cart' });
    const waiting = resolve(installation, onCart, () => []);
    if (waiting.kind === 'refused') throw new Error(JSON.stringify(waiting.faults));
    const facts: Fact[] = [];
    const { rule } = createRule({
      installation: { ...installation, rules: { ...installation.rules, attention: rules } },
      attention: { ...attention, ...records },
      authorize: defaultAuthorize,
      ledger: ledgerOf(facts),
    });
    const impact = assessImpact(installation, waiting, calmFacts);
    const ruling = await rule({ ...input(), proposal: onCart, action: waiting.action, impact });
    return { ruling, kinds: facts.map(({ kind }) => kind), last: facts.at(-1) };
  }

  test('INVARIANT 9: what people have no attention for is denied, and only the denial is recorded', async () => {
    const asked: Request[] = [];
    const { ruling, kinds, last } = await ruledWith(
      { openPerAgent: 1 },
      {
        permit: async (request) => {
          asked.push(request);
          return 'it has too many open';
        },
      },
    );
    expect(asked).toMatchObject([{ agent: 'cache-agent', asks: true, at: 1 }]);
    expect(ruling).toMatchObject({ kind: 'forbid', outcome: 'deniedByPolicy', tier: 2 });
    expect(ruling.reasons[0]).toBe('it has too many open');
    expect(rulingSchema.parse(jsonOf(ruling))).toEqual(jsonOf(ruling));
    expect(kinds).toEqual(['enrolled', 'ruled']);
    expect(last?.body).toMatchObject({ ruling });
  });

  test('whoever was asked too often is told after the others, and that is what is recorded', async () => {
    const permitted: Fact[] = [];
    const { ruling, kinds } = await ruledWith(
      { asksPerPerson: { atMost: 3, withinMs: 1 } },
      {
        asksSince: async () => new Map([['barbara', 3]]),
        permit: async (_request, _rules, fact) => {
          permitted.push(fact);
          return undefined;
        },
      },
    );
    expect(ruling).toMatchObject({
      route: {
        steps: [
          { people: ['edsger'], waitMs: 150_000 },
          { people: ['barbara'], waitMs: 150_000 },
        ],
      },
    });
    expect(permitted.map(({ body }) => body)).toMatchObject([{ ruling }]);
    expect(kinds).toEqual(['enrolled']);
  });
});

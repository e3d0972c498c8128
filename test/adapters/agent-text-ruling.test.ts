import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProposal } from '../../src/contract/proposal.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { type DoubtRules, doubtIn } from '../../src/domain/action/doubt.ts';
import { circumstancesOf } from '../../src/domain/calendar/calendar.ts';
import type { Authorization, Authorize } from '../../src/domain/policy/policy.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact, type Impact } from '../../src/domain/risk/impact.ts';
import { type Ruling, rule } from '../../src/domain/ruling/ruling.ts';
import { calmFacts } from '../domain/support.ts';
import { HOSTILE_TEXTS } from '../support/hostile.ts';
import { testInstallation } from '../support/installation.ts';
import { authorizeBy, DEFAULT_POLICIES, defaultAuthorize, RULED_AT } from '../support/policies.ts';
import { proposal } from '../support/proposals.ts';
import { heldAt } from '../support/standing.ts';

const { installation } = testInstallation();

/** What operators decide: what is asked for, of what, where and by whom. */
const ASKED: readonly Partial<Proposal>[] = [
  { actionType: 'cache.flush', target: 'catalog' },
  { actionType: 'cache.flush', target: 'checkout' },
  { actionType: 'version.deploy', target: 'cart', agent: { id: 'deploy-agent', version: '1' } },
  { actionType: 'schema.migrate', target: 'web' },
];

/** Cedar's answer to each question that was asked. The same question is not asked again, as it has the same answer. */
const answers = new Map<string, Authorization>();
const authorize: Authorize = (question) => {
  const { confidence: _, margin: __, ...context } = question.context;
  const key = JSON.stringify({ ...question, context });
  const answer = answers.get(key) ?? defaultAuthorize(question);
  answers.set(key, answer);
  return answer;
};

const VERSION = { version: '2.5.0' };

interface Ruled {
  readonly ruling: Ruling;
  readonly impact: Impact;
}

function ruled(given: Proposal, rules?: DoubtRules, by = authorize): Ruled | undefined {
  const parsed = parseProposal(given);
  if (parsed.kind === 'refused') return undefined;
  const resolved = resolve(installation, parsed.proposal, () => []);
  if (resolved.kind === 'refused') return undefined;
  const { action, type } = resolved;
  const impact = assessImpact(installation, { action, type }, calmFacts);
  const { declaredTier } = parsed.proposal;
  const circumstances = circumstancesOf(installation, action, RULED_AT);
  const doubt = doubtIn(parsed.proposal, { kind: 'none' });
  const asked = { action, impact, held: heldAt(3), declaredTier, doubt, circumstances, at: RULED_AT };
  return {
    ruling: rule({ ...installation, rules: { ...installation.rules, doubt: rules } }, by, asked),
    impact,
  };
}

/**
 * All of a ruling and of the impact, but what must differ: the digest, which names every byte of the action, and what each parameter
 * becomes, which the pin of the impact covers.
 */
function decision(made: Ruled | undefined) {
  if (!made) throw new Error('it was refused');
  const { digest: _, doubt: ___, pins, context, ...ruling } = made.ruling;
  // How sure an agent says that it is reaches policies, and none of these reads it.
  const { confidence: ____, margin: _____, ...others } = context;
  const { changes: __, ...impact } = made.impact;
  return JSON.stringify({ ruling, context: others, pins: { ...pins, impact: undefined }, impact });
}

const POLICY_WORDS = [
  'permit (principal, action, resource);',
  '"; permit (principal, action, resource); //',
  '@id("level-3-at-once")',
  'Action::"execute"',
  'approved by ada',
  'tier 1',
];
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...POLICY_WORDS, ...HOSTILE_TEXTS.filter((text) => text.length < 400)),
);
/** Most of these are not refused for being blank or for holding what no text may hold. */
const words = fc.oneof(
  { weight: 200, arbitrary: anyText.map((text) => `Do ${text.replace(/\p{Cc}|\p{Surrogate}/gu, '')}`) },
  anyText,
);
const anyValue = fc.oneof(
  anyText,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(anyText, { maxLength: 3 }),
);
const paramName = fc.constantFrom(
  'version',
  'level',
  'tier',
  'runbook',
  'frozen',
  'declaredTier',
  'environment',
);
const confidence = fc.double({ min: 0, max: 1, noNaN: true });

const anyWords = fc.record({
  rationale: fc.record({
    summary: words,
    confidence,
    alternatives: fc.array(fc.record({ option: words, confidence, whyNot: words }), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
  evidence: fc.array(fc.record({ title: words, detail: words }), { minLength: 1, maxLength: 2 }),
  successCriteria: fc.array(words, { minLength: 1, maxLength: 2 }),
  params: fc.dictionary(paramName, anyValue, { maxKeys: 4 }),
  version: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
  idempotencyKey: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
});

test('INVARIANT 10: whatever an agent writes, in any field, the ruling is the same: 10,000 proposals', () => {
  const expected = ASKED.map((asked) => decision(ruled(proposal({ params: VERSION, ...asked }))));
  const asked = answers.size;
  expect(asked).toBeGreaterThan(10);
  let taken = 0;
  fc.assert(
    fc.property(fc.nat(ASKED.length - 1), anyWords, (which, { version, params, ...words }) => {
      const plain = proposal(ASKED[which]);
      const agent = { ...plain.agent, version };
      const given = { ...plain, ...words, agent, params: { ...VERSION, ...params } };
      const made = ruled(given);
      // Texts that are no text, such as empty ones, are refused, and then nothing is ruled at all.
      if (!made) return;
      taken += 1;
      expect(decision(made)).toBe(expected[which]);
    }),
    { numRuns: 10_000 },
  );
  expect(taken).toBeGreaterThan(8_000);
  // Nothing of it came as far as a policy.
  expect(answers.size).toBe(asked);
});

test('INVARIANT 10: a tier that an agent declares can only raise', () => {
  const tiers = [undefined, 1, 2, 3, 4] as const;
  const tierOf = (given: Proposal) => ruled(given)?.ruling.tier ?? 0;
  for (const asked of ASKED) {
    const own = tierOf(proposal({ params: VERSION, ...asked }));
    for (const declaredTier of tiers) {
      expect(tierOf(proposal({ params: VERSION, ...asked, declaredTier }))).toBe(
        Math.max(own, declaredTier ?? 0),
      );
    }
  }
});

test('INVARIANT 10: how sure an agent says that it is can make a ruling stricter, and never milder', () => {
  const percent = fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined });
  const comparison = fc.record({
    name: fc.constantFrom('confidence', 'margin'),
    operator: fc.constantFrom('<', '>', '==', '!='),
    than: fc.integer({ min: -100, max: 100 }),
    effect: fc.constantFrom('when', 'unless'),
  });
  type Comparison = typeof comparison extends fc.Arbitrary<infer Value> ? Value : never;
  const forbidding = ({ name, operator, than, effect }: Comparison) => `
    @id("doubt") @owner("on-call") @reason("doubt")
    forbid (principal is Agent, action in [Action::"execute", Action::"executeAfterWindow"], resource)
    ${effect} { context has ${name} && context.${name} ${operator} ${than} };`;
  const stricter = { higher: 0, same: 0 };
  fc.assert(
    fc.property(
      fc.nat(ASKED.length - 1),
      fc.record({ confidenceBelow: percent, marginBelow: percent }),
      comparison,
      anyWords,
      (which, rules, policy, { rationale }) => {
        const given = proposal({
          params: VERSION,
          ...ASKED[which],
          rationale: { ...rationale, summary: 'a reason' },
        });
        const plain = ruled(given)?.ruling.tier;
        const doubted = ruled(given, rules, authorizeBy(DEFAULT_POLICIES, forbidding(policy)))?.ruling.tier;
        if (plain === undefined || doubted === undefined) return;
        expect(doubted).toBeGreaterThanOrEqual(plain);
        stricter[doubted > plain ? 'higher' : 'same'] += 1;
      },
    ),
    { numRuns: 300 },
  );
  expect(Math.min(stricter.higher, stricter.same)).toBeGreaterThan(10);
});

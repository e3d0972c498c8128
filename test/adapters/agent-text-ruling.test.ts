import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProposal } from '../../src/contract/proposal.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { circumstancesOf } from '../../src/domain/calendar/calendar.ts';
import type { Authorization, Authorize } from '../../src/domain/policy/policy.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact, type Impact } from '../../src/domain/risk/impact.ts';
import { type Ruling, rule } from '../../src/domain/ruling/ruling.ts';
import { calmFacts } from '../domain/support.ts';
import { HOSTILE_TEXTS } from '../support/hostile.ts';
import { testInstallation } from '../support/installation.ts';
import { defaultAuthorize, RULED_AT } from '../support/policies.ts';
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
  const key = JSON.stringify(question);
  const answer = answers.get(key) ?? defaultAuthorize(question);
  answers.set(key, answer);
  return answer;
};

const VERSION = { version: '2.5.0' };

interface Ruled {
  readonly ruling: Ruling;
  readonly impact: Impact;
}

function ruled(given: Proposal): Ruled | undefined {
  const parsed = parseProposal(given);
  if (parsed.kind === 'refused') return undefined;
  const resolved = resolve(installation, parsed.proposal, () => []);
  if (resolved.kind === 'refused') return undefined;
  const { action, type } = resolved;
  const impact = assessImpact(installation, { action, type }, calmFacts);
  const { declaredTier } = parsed.proposal;
  const circumstances = circumstancesOf(installation, action, RULED_AT);
  const asked = { action, impact, held: heldAt(3), declaredTier, circumstances, at: RULED_AT };
  return { ruling: rule(installation, authorize, asked), impact };
}

/**
 * All of a ruling and of the impact, but what must differ: the digest, which names every byte of the action, and what each parameter
 * becomes, which the pin of the impact covers.
 */
function decision(made: Ruled | undefined) {
  if (!made) throw new Error('it was refused');
  const { digest: _, pins, ...ruling } = made.ruling;
  const { changes: __, ...impact } = made.impact;
  return JSON.stringify({ ruling, pins: { ...pins, impact: undefined }, impact });
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

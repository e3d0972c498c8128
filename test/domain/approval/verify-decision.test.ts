import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DECISION_KINDS, type DecisionStatement } from '../../../src/domain/approval/decision-statement.ts';
import { REFUSALS, type Refusal } from '../../../src/domain/approval/refusal.ts';
import {
  CLOCK_SKEW_MS,
  type Question,
  verifyDecision,
} from '../../../src/domain/approval/verify-decision.ts';
import { keyId } from '../../../src/domain/shared/jws.ts';
import { type SigningKey, testInstallation } from '../../support/installation.ts';
import { jwsOf, quorumOf } from '../support.ts';

const { keys } = testInstallation();
const keyOf = (person: string): SigningKey => {
  const key = keys[person];
  if (!key) throw new Error(`${person} has no key`);
  return key;
};

const OPENED = Date.UTC(2026, 2, 14, 15);
const DEADLINE = OPENED + 30 * 60_000;

const question: Question = {
  installation: 'storefront',
  workflowId: 'action/deploy-agent.deploy-2.5.1',
  runId: '0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77',
  digest: 'd'.repeat(64),
  requirement: {
    atLeast: 1,
    group: 'checkout-team',
    approvers: ['grace', 'linus'].map((person) => ({ person, keys: [keyOf(person).x] })),
    excluded: [{ person: 'ada', reason: 'platform-ai owns the agent deploy-agent, which asked for this' }],
  },
  deadline: DEADLINE,
  takes: DECISION_KINDS,
};

const statement = (changes: Partial<DecisionStatement> = {}): DecisionStatement => ({
  installation: question.installation,
  workflowId: question.workflowId,
  runId: question.runId,
  digest: question.digest,
  person: 'grace',
  verdict: 'approve',
  decidedAt: OPENED + 60_000,
  authentication: 'signing-key',
  ...changes,
});

/** Judges a statement that the person signed themselves, unless another key is given. */
const judged = (said: DecisionStatement, now = OPENED + 120_000, signer = keyOf(said.person)) =>
  verifyDecision(question, said, jwsOf(signer, said), now);

const refusalOf = (...given: Parameters<typeof judged>): Refusal | 'counts' => {
  const judgement = judged(...given);
  return judgement.kind === 'refused' ? judgement.refusal : 'counts';
};

describe('a decision counts', () => {
  test.each(['approve', 'deny'] as const)('to %s, with the token as its evidence', (verdict) => {
    const said = statement({ verdict, reason: 'totals were wrong' });
    const jws = jwsOf(keyOf('grace'), said);
    expect(verifyDecision(question, said, jws, OPENED + 120_000)).toEqual({
      kind: 'counts',
      vote: {
        person: 'grace',
        verdict,
        reason: 'totals were wrong',
        decidedAt: OPENED + 60_000,
        jws,
        authentication: 'signing-key',
      },
    });
  });

  test('without a reason, which then is no member of the vote', () => {
    const judgement = judged(statement());
    expect(judgement.kind === 'counts' && Object.keys(judgement.vote).sort()).toEqual([
      'authentication',
      'decidedAt',
      'jws',
      'person',
      'verdict',
    ]);
  });

  test('with what it confirms, as it was signed', () => {
    const confirmed = ['a'.repeat(64), 'b'.repeat(64)];
    expect(judged(statement({ confirmed }))).toMatchObject({ kind: 'counts', vote: { confirmed } });
  });

  test('by any of the keys that the person had when it was ruled on', () => {
    const requirement = {
      ...question.requirement,
      approvers: [{ person: 'grace', keys: [keyOf('margaret').x, keyOf('grace').x] }],
    };
    const said = statement();
    for (const signer of ['grace', 'margaret']) {
      const jws = jwsOf(keyOf(signer), said);
      expect(verifyDecision({ ...question, requirement }, said, jws, OPENED).kind).toBe('counts');
    }
  });
});

describe('INVARIANT 3: only an entitled person, by their own key', () => {
  test('INVARIANT 3: another approver cannot sign in their name', () => {
    expect(refusalOf(statement({ person: 'grace' }), OPENED, keyOf('linus'))).toBe('badSignature');
  });

  test("INVARIANT 3: nor with their key's name over another key's signature", () => {
    const said = statement();
    const jws = jwsOf(keyOf('linus'), said, { alg: 'EdDSA', kid: keyId(keyOf('grace').x) });
    expect(verifyDecision(question, said, jws, OPENED)).toMatchObject({ refusal: 'badSignature' });
  });

  test('INVARIANT 3: someone outside the group is told so', () => {
    expect(judged(statement({ person: 'edsger' }))).toEqual({
      kind: 'refused',
      refusal: 'notEntitled',
      reason: 'edsger is not in checkout-team',
    });
  });

  test('INVARIANT 3: of several groups each one decides with their own key, and others are told who would', () => {
    const requirement = {
      allOf: [question.requirement, { ...quorumOf(question.requirement), group: 'security' }],
    };
    const asked = { ...question, requirement };
    const judgedAs = (person: string) => {
      const said = statement({ person });
      return verifyDecision(asked, said, jwsOf(keyOf(person), said), OPENED);
    };
    expect(judgedAs('linus').kind).toBe('counts');
    expect(judgedAs('edsger')).toMatchObject({
      refusal: 'notEntitled',
      reason: 'edsger is not in checkout-team or security',
    });
    expect(judgedAs('ada')).toMatchObject({ refusal: 'requesterSide' });
  });

  test('INVARIANT 3: what counts is what was signed, not what is said about it', () => {
    const signed = statement({ verdict: 'deny' });
    const jws = jwsOf(keyOf('grace'), signed);
    const others: Partial<DecisionStatement>[] = [
      { verdict: 'approve' },
      { decidedAt: OPENED + 1 },
      { reason: 'never said' },
      { confirmed: ['a'.repeat(64)] },
    ];
    for (const other of others) {
      expect(verifyDecision(question, { ...signed, ...other }, jws, OPENED + 120_000).kind).toBe('refused');
    }
  });

  test('INVARIANT 3: a signature made for another action, run or digest does not become one for this', () => {
    const foreign: Partial<DecisionStatement>[] = [
      { workflowId: 'action/other' },
      { runId: '0199f3a2-7c1e-7d55-9b1a-000000000000' },
      { digest: 'e'.repeat(64) },
    ];
    for (const changes of foreign) {
      const jws = jwsOf(keyOf('grace'), statement(changes));
      expect(verifyDecision(question, statement(), jws, OPENED + 120_000).kind).toBe('refused');
    }
  });
});

test('INVARIANT 3: of 20 decisions and 20 questions each fits its own alone', () => {
  const questions = Array.from({ length: 20 }, (_, i) => ({
    ...question,
    installation: i % 2 === 0 ? 'staging' : 'production',
    digest: `${(i >> 1) % 2}`.repeat(64),
    runId: `run-${i >> 2}`,
  }));
  const fits = questions.map((mine) => {
    const { installation, runId, digest } = mine;
    const said = statement({ installation, runId, digest });
    const jws = jwsOf(keyOf('grace'), said);
    return questions.filter((asked) => verifyDecision(asked, said, jws, OPENED + 120_000).kind === 'counts');
  });
  expect(fits).toEqual(questions.map((each) => [each]));
});

test("INVARIANT 4: the requester's side is refused with the reason, whatever else it is", () => {
  const approver = { person: 'ada', keys: [keyOf('ada').x] };
  const requirement = quorumOf(question.requirement);
  const both = {
    ...question,
    requirement: { ...requirement, approvers: [...requirement.approvers, approver] },
  };
  const said = statement({ person: 'ada' });
  for (const asked of [question, both]) {
    expect(verifyDecision(asked, said, jwsOf(keyOf('ada'), said), OPENED)).toEqual({
      kind: 'refused',
      refusal: 'requesterSide',
      reason: 'ada may not decide: platform-ai owns the agent deploy-agent, which asked for this',
    });
  }
});

describe('INVARIANT 5: before the deadline, however late it is seen', () => {
  test.each([
    ['when people were asked', OPENED, 'counts'],
    ['one millisecond before the deadline', DEADLINE - 1, 'counts'],
    ['at the deadline', DEADLINE, 'tooLate'],
    ['after it', DEADLINE + 1, 'tooLate'],
  ] as const)('INVARIANT 5: decided %s', (_, decidedAt, expected) => {
    for (const seenAt of [DEADLINE - 1, DEADLINE, DEADLINE + 7 * 24 * 3_600_000]) {
      expect(refusalOf(statement({ decidedAt }), seenAt)).toBe(expected);
    }
  });

  test('INVARIANT 5: the refusal names both times', () => {
    expect(judged(statement({ decidedAt: DEADLINE }), DEADLINE)).toMatchObject({
      reason: 'it was decided 2026-03-14T15:30:00.000Z, the deadline was 2026-03-14T15:30:00.000Z',
    });
  });

  test.each([
    ['as much ahead as is allowed', CLOCK_SKEW_MS, 'counts'],
    ['one millisecond more', CLOCK_SKEW_MS + 1, 'fromTheFuture'],
    ['one millisecond less', CLOCK_SKEW_MS - 1, 'counts'],
  ] as const)("a signer's clock that is %s", (_, ahead, expected) => {
    expect(refusalOf(statement({ decidedAt: OPENED + ahead }), OPENED)).toBe(expected);
  });
});

describe('INVARIANT 6: for this installation, this run and this digest', () => {
  test.each([
    ['another installation', { installation: 'staging' }, 'otherInstallation'],
    ['another run', { runId: '0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a78' }, 'otherRun'],
    ['another workflow', { workflowId: 'review/deploy-agent.deploy-2.5.1' }, 'otherRun'],
    ['another digest', { digest: `${'d'.repeat(63)}e` }, 'otherDigest'],
    ['the digest in capitals', { digest: 'D'.repeat(64) }, 'otherDigest'],
    ['a run with a blank', { runId: `${question.runId} ` }, 'otherRun'],
  ] as const)('INVARIANT 6: a decision on %s is refused', (_, changes, refusal) => {
    expect(refusalOf(statement(changes))).toBe(refusal);
  });
});

describe('INVARIANTS 3, 5, 6: nothing but a whole decision counts', () => {
  type Bend = (said: DecisionStatement) => DecisionStatement;
  const bends: Readonly<Record<string, Bend>> = {
    outsider: (said) => ({ ...said, person: 'edsger' }),
    requester: (said) => ({ ...said, person: 'ada' }),
    otherInstallation: (said) => ({ ...said, installation: `${said.installation}-2` }),
    otherWorkflow: (said) => ({ ...said, workflowId: `${said.workflowId}x` }),
    otherRun: (said) => ({ ...said, runId: said.runId.replace(/.$/, '0') }),
    otherDigest: (said) => ({ ...said, digest: said.digest.replace('d', 'c') }),
    tooLate: (said) => ({ ...said, decidedAt: said.decidedAt + DEADLINE }),
  };
  const anyStatement = fc
    .record({
      person: fc.constantFrom('grace', 'linus'),
      verdict: fc.constantFrom('approve' as const, 'deny' as const),
      decidedAt: fc.integer({ min: OPENED, max: DEADLINE - 1 }),
    })
    .map(statement);
  const anyBends = fc.subarray(Object.keys(bends), { minLength: 1 });
  const bent = (said: DecisionStatement, names: readonly string[]) =>
    names.reduce((sofar, name) => bends[name]?.(sofar) ?? sofar, said);

  test('INVARIANTS 3, 5, 6: a whole one does, seen at any time since', () => {
    fc.assert(
      fc.property(anyStatement, fc.nat(10 * 24 * 3_600_000), (said, later) => {
        expect(refusalOf(said, said.decidedAt - CLOCK_SKEW_MS + later)).toBe('counts');
      }),
      { numRuns: 300 },
    );
  });

  test('INVARIANTS 3, 5, 6: one that misses in any way does not', () => {
    fc.assert(
      fc.property(anyStatement, anyBends, (said, names) => {
        const refusal = refusalOf(bent(said, names), DEADLINE);
        expect(REFUSALS).toContain(refusal);
      }),
      { numRuns: 300 },
    );
  });

  test('INVARIANT 3: one that somebody else signed does not, and tells nothing more', () => {
    fc.assert(
      fc.property(
        anyStatement,
        fc.subarray(['otherInstallation', 'otherRun', 'otherDigest', 'tooLate']),
        (said, names) => {
          const signer = keyOf(said.person === 'grace' ? 'linus' : 'grace');
          expect(refusalOf(bent(said, names), DEADLINE, signer)).toBe('badSignature');
        },
      ),
      { numRuns: 300 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import {
  AUTHENTICATIONS,
  type Authentication,
  DECISION_KINDS,
  type DecisionKind,
  type DecisionStatement,
} from '../../../src/domain/approval/decision-statement.ts';
import type { Refusal } from '../../../src/domain/approval/refusal.ts';
import { type Question, VOTING, verifyDecision } from '../../../src/domain/approval/verify-decision.ts';
import { newKey, type SigningKey } from '../../support/installation.ts';
import { jwsOf } from '../support.ts';

const own = newKey();
const gateway = newKey();
const old = newKey();
const NOW = Date.UTC(2026, 2, 14, 15);

const question: Question = {
  installation: 'storefront',
  workflowId: 'action/a',
  runId: '0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77',
  digest: 'd'.repeat(64),
  requirement: {
    atLeast: 1,
    group: 'checkout-team',
    excluded: [{ person: 'ada', reason: 'owns the agent' }],
    approvers: [
      { person: 'grace', keys: [own.x], signsIn: true },
      { person: 'linus', keys: [], signsIn: true },
    ],
  },
  deadline: NOW + 60_000,
  takes: DECISION_KINDS,
  gateway: { keys: [gateway.x, old.x], stepUp: true },
  breakGlass: [{ person: 'margaret', keys: [], signsIn: true }],
};

const SAID: Partial<Record<DecisionKind, Partial<DecisionStatement>>> = {
  edit: { reason: 'the fix', params: { version: '2.4.1' } },
  breakGlass: { reason: 'checkout is down', incident: 'INC-1', person: 'margaret' },
  ask: { reason: 'Why now?' },
  revoke: { reason: 'orders stopped' },
  keep: { reason: 'the dashboards are calm' },
  extend: { reason: 'too little traffic yet' },
};

const statement = (changes: Partial<DecisionStatement> = {}): DecisionStatement => {
  const { installation, workflowId, runId, digest } = question;
  const verdict = changes.verdict ?? 'approve';
  const about = { installation, workflowId, runId, digest, person: 'grace', verdict, decidedAt: NOW };
  return { ...about, authentication: 'passkey', ...SAID[verdict], ...changes };
};
const refusalOf = (
  said: DecisionStatement,
  key: SigningKey = gateway,
  asked = question,
): Refusal | undefined => {
  const judged = verifyDecision(asked, said, jwsOf(key, said), NOW);
  return judged.kind === 'refused' ? judged.refusal : undefined;
};

describe('INVARIANT 3: whose key signs for which authentication', () => {
  test.each(AUTHENTICATIONS)('INVARIANT 3: %s is proven by its own key alone', (authentication) => {
    const stepUp = { ...question, gateway: { keys: [gateway.x], stepUp: false } };
    const right = authentication === 'signing-key' ? own : gateway;
    const wrong = authentication === 'signing-key' ? gateway : own;
    expect(refusalOf(statement({ authentication }), right, stepUp)).toBeUndefined();
    expect(refusalOf(statement({ authentication }), wrong, stepUp)).toBe('badSignature');
    expect(refusalOf(statement({ authentication }), newKey(), stepUp)).toBe('badSignature');
  });

  test('INVARIANT 3: an older key of the gateway that was pinned is as good', () => {
    expect(refusalOf(statement(), old)).toBeUndefined();
  });

  test('INVARIANT 3: without a gateway, nothing is signed for a person', () => {
    const { gateway: _, ...alone } = question;
    expect(refusalOf(statement(), gateway, alone)).toBe('badSignature');
    expect(refusalOf(statement({ authentication: 'signing-key' }), own, alone)).toBeUndefined();
  });

  test('INVARIANT 3: nor for one who cannot sign in', () => {
    const keyOnly = [{ person: 'grace', keys: [own.x] }];
    const requirement = { atLeast: 1, group: 'checkout-team', approvers: keyOnly, excluded: [] };
    expect(refusalOf(statement(), gateway, { ...question, requirement })).toBe('badSignature');
  });

  test('a person without a key decides through the gateway', () => {
    expect(refusalOf(statement({ person: 'linus' }))).toBeUndefined();
    expect(refusalOf(statement({ person: 'linus', authentication: 'signing-key' }), own)).toBe(
      'badSignature',
    );
  });
});

describe('a step-up', () => {
  test.each<[Authentication, boolean, Refusal | undefined]>([
    ['session', true, 'stepUpNeeded'],
    ['session', false, undefined],
    ['passkey', true, undefined],
    ['totp', true, undefined],
  ])('%s where it is needed: %s', (authentication, stepUp, refusal) => {
    const asked = { ...question, gateway: { keys: [gateway.x], stepUp } };
    expect(refusalOf(statement({ authentication }), gateway, asked)).toBe(refusal);
  });

  test('is not needed to say that one looks at it, which decides nothing', () => {
    const asked = { ...question, gateway: { keys: [gateway.x], stepUp: true } };
    const looking = statement({ verdict: 'acknowledge', authentication: 'session' });
    expect(refusalOf(looking, gateway, asked)).toBeUndefined();
  });

  test.each(['deny', 'ask'] as const)('is not needed to %s, where the ruling pins that', (verdict) => {
    const asked = (deniedBySession?: boolean) => ({
      ...question,
      gateway: { keys: [gateway.x], stepUp: true, deniedBySession },
    });
    const said = statement({ verdict, authentication: 'session' });
    expect(refusalOf(said, gateway, asked(true))).toBeUndefined();
    expect(refusalOf(said, gateway, asked(false))).toBe('stepUpNeeded');
    // Ruled on before there was a difference, it stays as it was.
    expect(refusalOf(said, gateway, asked())).toBe('stepUpNeeded');
  });

  test.each(['approve', 'withdraw', 'edit', 'revoke'] as const)(
    'is needed to %s, whatever a denial needs',
    (verdict) => {
      const asked = { ...question, gateway: { keys: [gateway.x], stepUp: true, deniedBySession: true } };
      expect(refusalOf(statement({ verdict, authentication: 'session' }), gateway, asked)).toBe(
        'stepUpNeeded',
      );
    },
  );

  test('is always needed to break the glass', () => {
    const asked = { ...question, gateway: { keys: [gateway.x], stepUp: false } };
    const broken = statement({ verdict: 'breakGlass', authentication: 'session' });
    expect(refusalOf(broken, gateway, asked)).toBe('stepUpNeeded');
    expect(refusalOf({ ...broken, authentication: 'totp' }, gateway, asked)).toBeUndefined();
  });
});

describe('what is said', () => {
  test.each(DECISION_KINDS)('%s is taken where it is asked for, and nowhere else', (verdict) => {
    const said = statement({ verdict });
    expect(refusalOf(said)).toBeUndefined();
    const takes = DECISION_KINDS.filter((other) => other !== verdict);
    expect(refusalOf(said, gateway, { ...question, takes })).toBe('notOpen');
  });

  test('a denial that comes a moment too late says what still stops it', () => {
    const late = { ...question, takes: ['revoke'] as const, workflowId: 'action/deploy-agent.deploy-2.5.0' };
    const judged = verifyDecision(late, statement({ verdict: 'deny' }), '', 0);
    expect(judged).toMatchObject({
      refusal: 'notOpen',
      reason: expect.stringMatching(
        /It has begun; revoke takes it back: countersign decide deploy-agent\.deploy-2\.5\.0 revoke --reason "\.\.\."$/,
      ),
    });
    expect(
      verifyDecision({ ...late, takes: ['approve'] }, statement({ verdict: 'deny' }), '', 0),
    ).toMatchObject({
      reason: 'deny is not taken now: it is while people are waited for',
    });
  });

  test('a vote counts, and anything else is passed on as it was signed', () => {
    for (const verdict of DECISION_KINDS) {
      const said = statement({ verdict });
      const judged = verifyDecision(question, said, jwsOf(gateway, said), NOW);
      const vote = verdict === 'approve' || verdict === 'deny';
      expect(judged).toMatchObject(
        vote ? { kind: 'counts', vote: { verdict } } : { kind: 'said', statement: said },
      );
    }
    expect(VOTING).toEqual(['approve', 'deny', 'withdraw']);
  });

  test.each<[DecisionKind, keyof DecisionStatement]>([
    ['edit', 'reason'],
    ['edit', 'params'],
    ['ask', 'reason'],
    ['revoke', 'reason'],
    ['breakGlass', 'reason'],
    ['breakGlass', 'incident'],
  ])('%s without its %s is not whole', (verdict, member) => {
    const { [member]: _, ...said } = statement({ verdict });
    expect(refusalOf(said as DecisionStatement)).toBe('incomplete');
  });

  test('INVARIANT 3: other parameters than those signed are none of it', () => {
    const said = statement({ verdict: 'edit' });
    const jws = jwsOf(gateway, said);
    const other = { ...said, params: { version: '6.6.6' } };
    expect(verifyDecision(question, other, jws, NOW)).toMatchObject({ refusal: 'badSignature' });
  });

  test('only whom policy lets may break the glass, also when they may approve', () => {
    expect(refusalOf(statement({ verdict: 'breakGlass', person: 'grace' }))).toBe('notEntitled');
    expect(refusalOf(statement({ verdict: 'breakGlass', person: 'ada' }))).toBe('requesterSide');
    expect(refusalOf(statement({ verdict: 'approve', person: 'margaret' }))).toBe('notEntitled');
  });
});

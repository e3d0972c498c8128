import fc from 'fast-check';
import { expect, test } from 'vitest';
import { whyNotCast, whyNotWithdrawn } from '../../../src/domain/approval/ballot.ts';
import {
  DECISION_KINDS,
  type DecisionKind,
  type DecisionStatement,
} from '../../../src/domain/approval/decision-statement.ts';
import { NOTHING_SAID, whyNotSaid } from '../../../src/domain/approval/interventions.ts';
import {
  needsReason,
  type Question,
  VOTING,
  verifyDecision,
} from '../../../src/domain/approval/verify-decision.ts';
import { offered } from '../../../src/domain/record/allowed-decisions.ts';
import { newKey } from '../../support/installation.ts';
import { jwsOf } from '../support.ts';

const gateway = newKey();
const NOW = Date.UTC(2026, 2, 14, 15);
const ABOUT = {
  installation: 'storefront',
  workflowId: 'action/a',
  runId: '0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77',
  digest: 'd'.repeat(64),
};
const PEOPLE = ['grace', 'linus', 'ada', 'edsger', 'margaret', 'mallory'];

const questions = fc.record({
  takes: fc.constantFrom<readonly DecisionKind[]>(
    DECISION_KINDS,
    VOTING,
    ['revoke'],
    ['approve', 'deny', 'edit'],
  ),
  deadline: fc.constantFrom(NOW + 60_000, NOW + 1, NOW, NOW - 1),
  deniedLate: fc.constantFrom(true as const, undefined),
  atLeast: fc.constantFrom(1, 2),
  withGateway: fc.boolean(),
});

const before = fc.record({
  votes: fc.constantFrom<readonly (readonly [string, 'approve' | 'deny'])[]>(
    [],
    [['grace', 'approve']],
    [['linus', 'approve']],
    [['grace', 'deny']],
  ),
  withdrawn: fc.constantFrom(NOW - 5, NOW, undefined),
  glassBroken: fc.boolean(),
  revoked: fc.boolean(),
  editing: fc.boolean(),
  acknowledged: fc.constantFrom<readonly string[]>([], ['grace']),
});

test('what is offered to a person is what counts when they say it, and nothing else', () => {
  fc.assert(
    fc.property(questions, before, fc.constantFrom(...PEOPLE), (asked, was, person) => {
      const question: Question = {
        ...ABOUT,
        requirement: {
          atLeast: asked.atLeast,
          group: 'checkout-team',
          excluded: [
            { person: 'ada', reason: 'owns the agent' },
            {
              person: 'edsger',
              reason: 'stands in for ada',
              denies: { person: 'edsger', keys: [], signsIn: true },
            },
          ],
          approvers: [
            { person: 'grace', keys: [], signsIn: true },
            { person: 'linus', keys: ['a-key-of-linus'] },
          ],
        },
        deadline: asked.deadline,
        deniedLate: asked.deniedLate,
        takes: asked.takes,
        gateway: asked.withGateway ? { keys: [gateway.x], stepUp: false } : undefined,
        breakGlass: [{ person: 'margaret', keys: [], signsIn: true }],
      };
      const vote = { jws: 'x', authentication: 'session' as const, decidedAt: NOW - 10 };
      const votes = was.votes.map(([voter, verdict]) => ({ ...vote, person: voter, verdict }));
      const withdrawals =
        was.withdrawn === undefined
          ? []
          : [
              {
                ...vote,
                person: 'grace',
                verdict: 'approve' as const,
                withdrawnAt: was.withdrawn,
                withdrawal: 'y',
              },
            ];
      const ballot = { votes, withdrawals };
      const { glassBroken, revoked, editing, acknowledged } = was;
      const said = { ...NOTHING_SAID, params: { count: 3 }, glassBroken, revoked, editing, acknowledged };

      /** As the workflow does: the judgement, and then what was said before. */
      const counts = (verdict: DecisionKind): boolean => {
        const statement: DecisionStatement = {
          ...ABOUT,
          person,
          verdict,
          decidedAt: NOW,
          authentication: verdict === 'breakGlass' ? 'totp' : 'session',
          ...(needsReason(verdict) ? { reason: 'because' } : {}),
          ...(verdict === 'edit' ? { params: { count: 4 } } : {}),
          ...(verdict === 'breakGlass' ? { incident: 'INC-1' } : {}),
        };
        const judged = verifyDecision(question, statement, jwsOf(gateway, statement), NOW);
        if (judged.kind === 'refused') return false;
        if (judged.kind === 'counts') return whyNotCast(ballot, judged.vote) === undefined;
        return verdict === 'withdraw'
          ? whyNotWithdrawn(ballot, question.requirement, statement) === undefined
          : whyNotSaid(said, statement, 'a question') === undefined;
      };
      expect(offered(question, { ballot, said }, person, NOW)).toEqual(DECISION_KINDS.filter(counts));
    }),
    { numRuns: 400 },
  );
});

test('a reason is needed to revoke, edit, ask, keep and break the glass, and never to stop something', () => {
  expect(DECISION_KINDS.filter(needsReason)).toEqual([
    'revoke',
    'edit',
    'breakGlass',
    'ask',
    'keep',
    'extend',
  ]);
});

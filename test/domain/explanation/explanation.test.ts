import { describe, expect, test } from 'vitest';
import { OUTCOMES } from '../../../src/domain/action/outcome.ts';
import { explain } from '../../../src/domain/explanation/explanation.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { type ActionState, NOTHING_YET } from '../../../src/domain/record/action-state.ts';
import { assessImpact } from '../../../src/domain/risk/impact.ts';
import { testInstallation } from '../../support/installation.ts';
import { authorizeBy, DEFAULT_POLICIES, defaultAuthorize, ruleOn } from '../../support/policies.ts';
import { deploy, proposal } from '../../support/proposals.ts';
import { aPastAction, aVote, calmFacts } from '../support.ts';

const { installation } = testInstallation();
const AT = Date.UTC(2026, 2, 14, 15);

/** The state of an action that was assessed and ruled on, and what is known besides. */
function stateOf(
  given: ActionState['proposal'],
  facts: Partial<ActionState> = {},
  from = installation,
  authorize = defaultAuthorize,
): ActionState {
  const resolved = resolve(from, given, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { action } = resolved;
  return {
    ...unassessed(given),
    status: 'closed',
    action,
    impact: assessImpact(from, resolved, calmFacts),
    ruling: ruleOn(from, action, given.declaredTier, authorize),
    ...facts,
  };
}
const unassessed = (given: ActionState['proposal']): ActionState => ({
  workflowId: 'action/a',
  runId: 'run',
  proposal: given,
  status: 'assessing',
  ...NOTHING_YET,
});
const rulesOf = (state: ActionState) => state.ruling?.pins.policy.slice(0, 12);

test('before it is assessed there is nothing to explain', () => {
  expect(explain(unassessed(proposal()))).toMatchObject({
    title: 'not assessed yet',
    whoApprovedTheAuthority: ['Nobody: no authority was given.'],
    howTheDecisionWasReached: [],
  });
});

test("the title is the machine's, with the environment and the tier", () => {
  expect(explain(stateOf(deploy('2.5.0'))).title).toBe('deploy 2.5.0 to checkout in production (tier 3)');
});

const BEGAN =
  'The catalog lets cache-agent begin at level 3 (scoped autonomy) for cache.flush on tier-3 services.';

describe('who approved the authority', () => {
  const whoOf = (state: ActionState) => explain(state).whoApprovedTheAuthority;

  test('tier 1: the rules did, by their digest, and it says who reviews', () => {
    const state = stateOf(proposal());
    expect(whoOf(state)).toEqual([
      `The rules ${rulesOf(state)} let this run at once; edsger, linus, margaret review it.`,
      'policy level-3-at-once of on-call permits running it at once: an agent of level 3 acts at once, and people review it.',
      BEGAN,
    ]);
  });

  test('tier 2 after silence: the rules did', () => {
    const state = stateOf(proposal({ target: 'cart' }), { settlement: { kind: 'proceed' } });
    expect(whoOf(state)).toEqual([
      `The rules ${rulesOf(state)} let a tier-2 action proceed when nobody objects, on-call is paged and the watched metrics are healthy.`,
      'policy level-2-after-a-window of on-call permits running it after a window: an agent of level 2 acts after a window in which people can object.',
      BEGAN,
    ]);
  });

  test('with votes: each person, what they signed, when and why', () => {
    const votes = [
      aVote('grace', 'approve', { decidedAt: AT, reason: 'looks right' }),
      aVote('linus', 'deny', { decidedAt: AT + 1 }),
    ];
    expect(whoOf(stateOf(deploy('2.5.0'), { votes }))).toEqual([
      'grace signed "approve" at 2026-03-14T15:00:00.000Z: looks right.',
      'linus signed "deny" at 2026-03-14T15:00:00.001Z.',
      'policy level-1-with-approval of on-call permits running it with approval: an agent of level 1 acts when people approve.',
      BEGAN,
    ]);
  });

  test('while nobody has decided: nobody, though the agent has its level', () => {
    expect(whoOf(stateOf(deploy('2.5.0')))).toEqual([
      'Nobody: nobody was asked, or nobody decided.',
      expect.stringContaining('level-1-with-approval'),
      BEGAN,
    ]);
  });

  test('forbidden: nobody', () => {
    const review = { withinMs: 1, approval: { atLeast: 9, of: ['owners'] } };
    const strict = testInstallation({ rules: { ...installation.rules, review } }).installation;
    expect(whoOf(stateOf(proposal(), {}, strict))).toEqual(['Nobody: no authority was given.']);
  });
});

describe('what limited it', () => {
  const limitsOf = (state: ActionState) => explain(state).whatLimitedIt;

  test('who had to approve, who could not and why, what was watched', () => {
    expect(limitsOf(stateOf(deploy('2.5.0')))).toEqual(
      expect.arrayContaining([
        '1 of checkout-team or sre-on-call had to approve: grace, linus, margaret.',
        'ada could not: platform-ai owns the agent deploy-agent, which asked for this.',
        'Its effect was watched by error-ratio.',
      ]),
    );
  });

  test('of a window: who could stop it, until when, and what silence does', () => {
    const limits = limitsOf(stateOf(proposal({ declaredTier: 2 }))).join(' ');
    expect(limits).toMatch(/could approve it or deny it within 5m: edsger.*\. Silence lets it proceed/);
  });

  test('of several groups, all that had to approve', () => {
    const { approval } = installation.rules;
    const both = {
      allOf: [
        { atLeast: 1, of: ['owners'] },
        { atLeast: 1, of: ['on-call', 'owners'] },
      ],
    };
    const rules = { ...installation.rules, approval: { ...approval, approval: both } };
    const limits = limitsOf(stateOf(deploy('2.5.0'), {}, testInstallation({ rules }).installation));
    expect(limits).toContain(
      '1 of checkout-team, and 1 of sre-on-call or checkout-team had to approve: grace, linus, margaret.',
    );
    expect(limits.filter((line) => line.startsWith('ada could not'))).toHaveLength(1);
  });

  test('decisions that did not count', () => {
    const refusedDecisions = [{ person: 'ada', reason: 'its signature does not verify', at: AT }];
    expect(limitsOf(stateOf(deploy('2.5.0'), { refusedDecisions }))).toContain(
      'A decision in the name of ada did not count: its signature does not verify.',
    );
  });

  test('that it cannot be taken back', () => {
    expect(limitsOf(stateOf(proposal({ actionType: 'schema.migrate' })))).toContain('It has no rollback.');
    expect(limitsOf(stateOf(proposal()))).not.toContain('It has no rollback.');
  });

  test.each(OUTCOMES)('the reason of outcome %s, where a rule stopped it', (kind) => {
    const limits = limitsOf(stateOf(proposal(), { outcome: { kind, reason: 'because of that' } }));
    const stopped = ['deniedByPolicy', 'held', 'undeliverable'].includes(kind);
    expect(limits.includes('because of that.')).toBe(stopped);
  });
});

test('how the decision was reached is told in the order of the steps', () => {
  const state = stateOf(proposal({ target: 'cart' }), {
    deliveries: [
      { step: 'route-1', by: 'mail', whom: 'cart-team', delivered: true, detail: 'to 2 people' },
      { step: 'proceeding', by: 'page', whom: 'on-call', delivered: false, detail: 'no answer' },
    ],
    settlement: { kind: 'expired', reason: 'nobody decided before the deadline' },
    receipt: { summary: '200 OK', at: AT },
    measurements: [{ metric: 'error-ratio', phase: 'failed', reason: 'is 0.2', at: AT }],
    verdict: { kind: 'regressed', reason: 'error-ratio failed once: is 0.2' },
    rollback: { summary: '204 No Content', at: AT },
    outcome: { kind: 'rolledBack', reason: 'error-ratio failed once: is 0.2' },
  });
  expect(explain(state).howTheDecisionWasReached).toEqual([
    'cache.flush is declared performance 1 of 4.',
    'cache.flush is declared serviceDisruption 1 of 4.',
    'checkout depends on cart.',
    '2 services in all do, 1 of them through others: 1 of tier 1, 1 of tier 2.',
    'the most critical is checkout, of tier 1: cart <- checkout.',
    'at cart it is Thu 1970-01-01 00:00 UTC.',
    'on call for cart: 2 people.',
    'its rollback is part of the action.',
    'no rollback of it ran lately on cart.',
    'risk 34 of 100: severity 8.7 of 40, dependents 7.4 of 20, taking it back 10 of 20, record 0 of 12, service tier 8 of 12, size 0 of 8, live context 0 of 22.',
    'nobody stated what an hour of trouble with cart costs.',
    'nothing like it is on record.',
    'this action on a tier-2 service is tier 2.',
    'running it after a window is permitted by level-2-after-a-window.',
    'mail to cart-team was delivered: to 2 people.',
    'page to on-call could not be delivered: no answer.',
    'The gate ended: expired, nobody decided before the deadline.',
    'It ran: 200 OK.',
    '1 measurements: regressed, error-ratio failed once: is 0.2.',
    'It was taken back: 204 No Content.',
    'Outcome rolledBack: error-ratio failed once: is 0.2.',
  ]);
});

test('what was found when its effect was looked up is told, in order', () => {
  const state = stateOf(proposal(), {
    reconciled: [
      { found: 'absent', summary: '404 Not Found', at: AT },
      { found: 'present', summary: '200 OK', at: AT },
    ],
  });
  const told = explain(state).howTheDecisionWasReached.filter((text) => text.includes('looked up'));
  expect(told).toEqual([
    expect.stringMatching(/: it was looked up and is not there: 404 Not Found\.$/),
    expect.stringMatching(/: it was looked up and is there: 200 OK\.$/),
  ]);
});

test('how actions like it ended before is told, with their ids', () => {
  const given = proposal();
  const resolved = resolve(installation, given, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const past = [aPastAction({ closed: { at: AT, outcome: 'rolledBack' } })];
  const impact = assessImpact(installation, resolved, { ...calmFacts, past });
  expect(explain(stateOf(given, { impact })).howTheDecisionWasReached).toEqual(
    expect.arrayContaining([
      '1 like it is on record: 1 rolledBack.',
      '2026-03-14T15:00:00.000Z on catalog in production it ended rolledBack (cache-agent.flush-0).',
    ]),
  );
});

describe('every action that is closed answers all three questions', () => {
  const ends: [string, ActionState][] = [
    ['at once', stateOf(proposal(), { outcome: { kind: 'succeeded', reason: 'healthy' } })],
    ['after a window', stateOf(proposal({ target: 'cart' }), { settlement: { kind: 'proceed' } })],
    [
      'by expiring',
      stateOf(deploy('2.5.0'), {
        settlement: { kind: 'expired', reason: 'nobody decided' },
        outcome: { kind: 'expired', reason: 'nobody decided' },
      }),
    ],
    [
      'as a recommendation',
      stateOf(proposal({ actionType: 'schema.migrate' }), {
        outcome: { kind: 'recommended', reason: 'people act themselves' },
      }),
    ],
    ['by cancellation', stateOf(deploy('2.5.0'), { outcome: { kind: 'cancelled', reason: 'cancelled' } })],
  ];

  test.each(ends)('that ended %s', (_, state) => {
    const { whoApprovedTheAuthority, whatLimitedIt, howTheDecisionWasReached } = explain(state);
    expect(whoApprovedTheAuthority).not.toEqual([]);
    expect(whatLimitedIt).not.toEqual([]);
    expect(howTheDecisionWasReached).not.toEqual([]);
  });
});

test('what was asked, by whom and for whom', () => {
  expect(explain(stateOf(deploy('2.5.0'))).whatWasAsked).toEqual([
    'deploy-agent 2.0.1, owned by group:platform-ai, asked to deploy 2.5.0 to checkout in production.',
    'Its parameters: {"version":"2.5.0"}.',
    'version: "2.5.0": now not known: nobody read it.',
  ]);
});

describe('each mode that was closed to it is told, with why', () => {
  test('below the floor, by the operators', () => {
    expect(explain(stateOf(deploy('2.5.0'))).whatLimitedIt).toEqual(
      expect.arrayContaining([
        'running it at once was not open to it: tier 3 is the least it may have.',
        'running it after a window was not open to it: tier 3 is the least it may have.',
      ]),
    );
  });

  test('by policy, once', () => {
    const authorize = authorizeBy(
      DEFAULT_POLICIES,
      '@id("sale") @reason("it is sale week") forbid (principal, action == Action::"execute", resource);',
    );
    const told = Object.values(explain(stateOf(proposal(), {}, installation, authorize))).flat();
    const refused = 'running it at once is not permitted: sale forbids it (it is sale week).';
    expect(told.filter((line) => line === refused)).toHaveLength(1);
    expect(told).toContain('policy sale of on-call: it is sale week.');
    expect(told).toContain('policy raised it to tier 2.');
  });
});

test('what would have altered the ruling is told as it was recorded', () => {
  const { ruling, ...state } = stateOf(deploy('2.5.0'));
  const nearest = [{ change: { kind: 'environment', environment: 'staging' }, tier: 1 }] as const;
  expect(explain({ ...state, ruling: ruling && { ...ruling, nearest } }).whatLimitedIt).toContain(
    'Otherwise: in staging, running it at once would be permitted.',
  );
});

test('it rests on what is recorded alone: the same from a copy that was stored as JSON', () => {
  const state = stateOf(deploy('2.5.0'), {
    votes: [aVote('grace')],
    outcome: { kind: 'failed', reason: 'r' },
  });
  expect(explain(JSON.parse(JSON.stringify(state)))).toEqual(explain(state));
});

test('INVARIANT 12: what the agent wrote to explain itself is in its own place, and nowhere else', () => {
  const words = 'AGENT TEXT';
  const rationale = {
    summary: words,
    confidence: 1,
    alternatives: [{ option: words, confidence: 0, whyNot: words }],
  };
  const evidence = [{ title: words, detail: words }];
  const given = deploy('2.5.0', { rationale, evidence, successCriteria: [words] });
  const { inTheAgentsWords, ...ours } = explain(
    stateOf(given, { outcome: { kind: 'succeeded', reason: 'healthy' } }),
  );
  expect(inTheAgentsWords).toEqual(rationale);
  expect(JSON.stringify(ours)).not.toContain(words);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Advice, adviceOn, type EndedAction } from '../../../src/domain/advice/advice.ts';
import { adviceText } from '../../../src/domain/advice/advice-text.ts';

const ASKED_AT = 1_800_000_000_000;

/** An action that grace approved ten seconds after she was asked, without opening its page. */
let made = 0;
function ended(changes: Partial<EndedAction> = {}): EndedAction {
  made += 1;
  return {
    actionId: `a-${made}`,
    agent: 'config-agent',
    actionType: 'config.change',
    target: 'catalog',
    environment: 'production',
    ruledAt: ASKED_AT,
    asked: true,
    ran: true,
    outcome: 'succeeded',
    settlement: 'approved',
    decisions: [{ person: 'grace', verdict: 'approve', at: ASKED_AT + 10_000 }],
    openedAt: {},
    ...changes,
  };
}

const many = (count: number, changes: Partial<EndedAction> = {}) =>
  Array.from({ length: count }, () => ended(changes));
const read = { openedAt: { grace: ASKED_AT + 1_000 } };
const glanced = { openedAt: { grace: ASKED_AT + 8_000 } };
const denied = {
  outcome: 'deniedByPerson',
  settlement: 'denied',
  ran: false,
  decisions: [{ person: 'ada', verdict: 'deny', at: ASKED_AT + 60_000 }],
} as const;
const alone = { asked: false, settlement: undefined, decisions: [] } as const;

test('what everybody approved without opening the page is a question that can be spared', () => {
  expect(adviceOn(many(6))).toEqual([
    {
      kind: 'askLess',
      actionType: 'config.change',
      target: 'catalog',
      environment: 'production',
      asked: 6,
      unseen: 6,
      medianMs: 10_000,
      suggestion: { kind: 'level', agents: ['config-agent'] },
      wouldHaveRun: [],
    },
  ]);
});

test('a page that was opened just before the decision was not read', () => {
  expect(adviceOn(many(6, glanced))).toMatchObject([{ kind: 'askLess', unseen: 6 }]);
});

test.each([
  ['people read the pages', many(6, read)],
  ['people were asked too rarely to tell', many(4)],
  ['somebody denied one of them', [...many(9), ended(denied)]],
  ['silence decided', many(6, { settlement: 'proceed', decisions: [] })],
])('nothing is spared where %s', (_, actions) => {
  expect(adviceOn(actions)).toEqual([]);
});

test('where larger changes went wrong elsewhere, a limit on the change is suggested', () => {
  const actions = [
    ...many(6, { sizeChange: 0.2 }),
    ended({ sizeChange: 0.25 }),
    ended({ target: 'search', sizeChange: 3, outcome: 'rolledBack' }),
  ];
  expect(adviceOn(actions)).toMatchObject([
    { kind: 'askLess', suggestion: { kind: 'limit', upTo: 0.25 }, wouldHaveRun: [] },
  ]);
});

test('where no limit keeps the bad ones out, a runbook is suggested, with what it would have let through', () => {
  const bad = ended({ outcome: 'rolledBack', sizeChange: 0.1 });
  const elsewhere = ended({ target: 'search', outcome: 'failed' });
  const [advice] = adviceOn([...many(8, { sizeChange: 0.2 }), bad, elsewhere]);
  expect(advice).toMatchObject({
    suggestion: { kind: 'runbook' },
    wouldHaveRun: [{ actionId: bad.actionId, why: 'it was rolled back' }],
  });
});

test('what ran alone and was regretted twice is a question that is missing', () => {
  const regretted = [ended({ ...alone, outcome: 'rolledBack' }), ended({ ...alone, review: 'disagreed' })];
  expect(adviceOn([...many(10, alone), ...regretted])).toEqual([
    {
      kind: 'askMore',
      actionType: 'config.change',
      target: 'catalog',
      environment: 'production',
      ran: 12,
      regretted: [
        { actionId: regretted[0]?.actionId, why: 'it was rolled back' },
        { actionId: regretted[1]?.actionId, why: 'its review disagreed' },
      ],
    },
  ]);
});

test('what a person reported as regressed is regretted', () => {
  const reported = [ended({ ...alone, reported: 'regressed' }), ended({ ...alone, reported: 'regressed' })];
  expect(adviceOn([...many(10, alone), ...reported])).toMatchObject([
    { kind: 'askMore', regretted: [{ why: 'a person reported that it had regressed' }, {}] },
  ]);
});

test('advice names no person', () => {
  const decision = fc.record({
    person: fc.constantFrom('grace', 'ada'),
    verdict: fc.constantFrom('approve' as const, 'deny' as const),
    at: fc.integer({ min: ASKED_AT, max: ASKED_AT + 600_000 }),
  });
  const action = fc
    .record({
      asked: fc.boolean(),
      ran: fc.boolean(),
      outcome: fc.constantFrom('succeeded' as const, 'rolledBack' as const, 'deniedByPerson' as const),
      settlement: fc.constantFrom('approved' as const, 'denied' as const, 'proceed' as const),
      sizeChange: fc.option(fc.double({ min: 0, max: 9, noNaN: true }), { nil: undefined }),
      decisions: fc.array(decision, { maxLength: 3 }),
    })
    .map((changes) => ended(changes));
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      const advice: Advice[] = adviceOn(actions);
      const text = advice.flatMap(adviceText).join(' ');
      expect(text).not.toMatch(/grace|ada\b/);
      for (const one of advice) if (one.kind === 'askLess') expect(one.unseen).toBeLessThanOrEqual(one.asked);
    }),
  );
});

test('advice is said in sentences, with what it would have let through', () => {
  const bad = ended({ outcome: 'rolledBack' });
  const [advice] = adviceOn([...many(8), bad]);
  expect(advice && adviceText(advice)).toEqual([
    'People were asked 9 times about config.change on catalog in production. Everybody approved, 9 times without reading the page; half of the decisions came within 10s.',
    'A runbook for config.change on catalog in production would spare these questions.',
    `It would have let these through: ${bad.actionId} (it was rolled back).`,
  ]);
});

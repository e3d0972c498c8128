import { beforeEach, expect, test } from 'vitest';
import type { AttentionRecords } from '../../src/activities/attention.ts';
import { type CloseInput, createClose } from '../../src/activities/close.ts';
import type { Fact } from '../../src/activities/ledger.ts';
import type { ReviewInput } from '../../src/contract/messages.ts';
import type { Seen } from '../../src/domain/anomaly.ts';
import type { Hold } from '../../src/domain/hold.ts';
import { testInstallation } from '../support/installation.ts';
import { aMessage, TIERS } from '../support/messages.ts';

const { installation } = testInstallation();
const { rules } = installation;
const { action, impact, proposal, ruling } = aMessage({}, TIERS[1]);
if (!('review' in ruling)) throw new Error('it is of tier 1');

const review: ReviewInput = {
  ...{ action, impact, proposal, ruling, review: ruling.review },
  outcome: { kind: 'succeeded', reason: 'well' },
};
const closing = (changes: Partial<CloseInput> = {}): CloseInput => ({
  ...{ action, runId: 'run', outcome: review.outcome, hold: false, record: { votes: [] }, review, at: 1_000 },
  ...changes,
});

let facts: Fact[] = [];
let opened: ReviewInput[] = [];
let placed: Hold[] = [];

beforeEach(() => {
  facts = [];
  opened = [];
  placed = [];
});

/** Nothing that is drawn by lot: of routine nothing is looked at. */
const sample = { above: 10, withinMs: 1_000, share: 1e-9 };

function closer(ran: number, records: Partial<AttentionRecords> = {}, changes: Partial<typeof rules> = {}) {
  const never = () => Promise.reject(new Error('nothing is asked of it'));
  const { close } = createClose({
    installation: {
      ...installation,
      rules: { ...rules, review: { ...rules.review, sample }, ...changes },
    },
    attention: {
      ...{ permit: never, asksSince: never, seenSince: never, alarmsOn: async () => [] },
      ranAlone: async () => ran,
      ...records,
    },
    ledger: {
      append: async (fact) => {
        facts.push(fact);
      },
      entriesOf: never,
    },
    leases: { acquire: never, holders: never, release: async () => undefined },
    holds: {
      place: async (hold) => {
        placed.push(hold);
      },
      lift: never,
      list: never,
    },
    reviews: {
      open: async (one) => {
        opened.push(one);
      },
    },
    now: () => 1_000,
  });
  return close;
}

test('routine that is not drawn is not reviewed, and the ledger says why', async () => {
  await closer(10)(closing());
  expect(opened).toEqual([]);
  expect(facts).toMatchObject([
    { kind: 'reviewSkipped', actionId: action.id, body: { reason: expect.stringMatching(/^more than 10/) } },
  ]);
});

test.each([
  ['it is not routine yet', 9, {}],
  ['somebody broke the glass for it', 1_000, { votes: [], breakGlass: { person: 'linus' } }],
])('it is reviewed where %s', async (_, ran, record) => {
  await closer(ran)(closing({ record: { votes: [], ...record } }));
  expect(opened).toEqual([review]);
  expect(facts).toEqual([]);
});

const anomalies = { breakGlass: { times: 1, withinMs: 1_000 } };
const broken = { votes: [], breakGlass: { person: 'linus' } };
const seen: Seen = {
  ...{ actionId: action.id, agent: action.agent.id, actionType: action.type, target: action.target },
  ...{ risk: 1, ruledAt: 500, entitled: 3, decisions: [{ person: 'linus', verdict: 'breakGlass', at: 600 }] },
};

test('what is out of the ordinary is held once, however often the end is tried', async () => {
  const attention = { anomalies };
  const looked: unknown[] = [];
  const seenSince: AttentionRecords['seenSince'] = async (...asked) => {
    looked.push(asked);
    return [seen];
  };
  const found = await closer(0, { seenSince }, { attention })(closing({ record: broken }));
  expect(looked).toEqual([[0, action.agent.id, ['linus']]]);
  expect(found).toMatchObject([{ rule: 'breakGlass', person: 'linus', agent: action.agent.id }]);
  expect(placed).toMatchObject([{ scope: { agent: action.agent.id }, autonomousOnly: true }]);

  const alarmsOn = async () => placed.map(({ id, at }) => ({ holdId: id, at, stands: true }));
  const again = closer(0, { seenSince, alarmsOn }, { attention });
  expect(await again(closing({ record: broken }))).toEqual(found);
  expect(placed).toHaveLength(1);
  // Another end finds a hold for the same thing standing already.
  const next = closing({ action: { ...action, id: 'next' }, record: broken });
  const nextSeen = { ...seen, actionId: 'next' };
  const seenNext = async () => [seen, nextSeen];
  expect(await closer(0, { seenSince: seenNext, alarmsOn }, { attention })(next)).toEqual([]);
});

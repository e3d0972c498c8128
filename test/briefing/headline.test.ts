import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { briefingOf } from '../../src/briefing/briefing.ts';
import { type HeadlineFact, type HeadlineInput, headlineOf } from '../../src/briefing/headline.ts';
import type { Action } from '../../src/domain/action/action.ts';
import { OUTCOMES } from '../../src/domain/action/outcome.ts';
import type { Demoted } from '../../src/domain/autonomy/standing.ts';
import type { MetricSeries } from '../../src/domain/background/series.ts';
import { NOT_KNOWN_WHETHER_IT_RAN } from '../../src/domain/record/why-taken-back.ts';
import type { Impact } from '../../src/domain/risk/impact.ts';
import type { Live } from '../../src/domain/risk/live-context.ts';
import type { SameBefore } from '../../src/domain/risk/record-before.ts';
import type { Ruling } from '../../src/domain/ruling/ruling.ts';
import { HOSTILE_TEXTS } from '../support/hostile.ts';
import { aMessage, inEveryAgentText, TIERS } from '../support/messages.ts';

const AT = Date.UTC(2026, 10, 21, 17, 30);
const DAY = 86_400_000;
const MINUTE = 60_000;

interface Changes {
  readonly impact?: Partial<Impact>;
  readonly live?: Partial<Live>;
  readonly ruling?: Partial<Ruling>;
  readonly action?: Partial<Action>;
}

/** The headline of a deploy to checkout that waits for approval, with these changes. */
function headline(changes: Changes = {}, message: HeadlineInput = aMessage()): HeadlineFact[] {
  const { action, impact, ruling, proposal, background } = message;
  return headlineOf({
    proposal,
    background,
    action: { ...action, ...changes.action },
    impact: { ...impact, ...changes.impact, live: { ...impact.live, at: AT, ...changes.live } },
    ruling: { ...ruling, ...changes.ruling } as Ruling,
  });
}

const factOf = (label: string, ...input: Parameters<typeof headline>) =>
  headline(...input).flatMap(({ label: is, text, tone }) => (is === label ? [{ text, tone }] : []));
const textOf = (label: string, ...input: Parameters<typeof headline>) => factOf(label, ...input)[0]?.text;

test('the facts stand in one order, the sentence first', () => {
  const labels = headline({ live: { incidents: [] } }).map(({ label }) => label);
  expect(labels).toEqual(['In short', 'Where', 'Same before', 'Incident', 'Watch', 'Rollback', 'Who asks']);
});

test('a freeze that holds is a fact of its own, whatever else is why people are asked', () => {
  const frozen = { name: 'year end', until: AT };
  expect(factOf('Calendar', { live: { circumstances: { frozen } } })).toEqual([
    { text: expect.stringContaining('the freeze "year end"'), tone: 'bad' },
  ]);
  expect(factOf('Calendar', { live: { circumstances: {} } })).toEqual([]);
});

test('the watched metrics of this moment stand in one fact, those that keep no past left out', () => {
  const series: MetricSeries[] = [
    { kind: 'read', metric: 'errors', until: AT, values: [2] },
    { kind: 'unknown', metric: 'latency', reason: 'its source keeps no past' },
    {
      kind: 'read',
      metric: 'load',
      until: AT,
      values: [7],
      before: { days: 7, least: [3], middle: [4], greatest: [5] },
    },
  ];
  const told = (background: HeadlineInput['background']) =>
    factOf('Metrics now', {}, { ...aMessage(), background });
  expect(told({ series })).toEqual([
    {
      text: 'errors 2, nothing to compare with; load 7, above the usual 3 to 5',
      tone: 'plain',
    },
  ]);
  expect(told({ series: series.slice(1, 2) })).toEqual([]);
  expect(told(undefined)).toEqual([]);
});

test('a busy time that is on is told beside a freeze, and is not why people are asked', () => {
  const frozen = { name: 'year end', until: AT };
  const busy = { name: 'Black Friday', until: AT };
  const live = { circumstances: { frozen, busy } };
  expect(factOf('Calendar', { live })).toEqual([
    { text: expect.stringContaining('the freeze "year end"'), tone: 'bad' },
    { text: 'it is the busy time "Black Friday" until 2026-11-21T17:30:00.000Z', tone: 'bad' },
  ]);
  expect(textOf('In short', { live: { circumstances: { busy } } })).not.toContain('Black Friday');
});

describe('in short', () => {
  const incidents = [
    {
      service: 'checkout',
      open: { kind: 'known', value: 1 },
      named: [{ id: '4711', title: 'Totals are wrong', startedAt: AT - 4 * MINUTE }],
    },
  ] as const;
  const ranBefore = { onTarget: { ran: 87, well: 85 }, byAgent: { ran: 12, well: 11 } };

  test('how often it ran and ended well, why people are asked, and the open incident', () => {
    expect(textOf('In short', { impact: { ranBefore }, live: { incidents } })).toBe(
      'version.deploy ran on checkout 87 times before, 85 well; asked because operators want it so on services of tier 1, as checkout is; the open incident 4711 began 4 minutes before',
    );
  });

  test('a cure in an incident is told from a disturbance', () => {
    const [incident] = incidents;
    const cured = incident.named.map((each) => ({ ...each, cured: true }) as const);
    const live = { incidents: [{ ...incident, service: 'web', named: cured }] };
    expect(textOf('In short', { live })).toContain(
      'the open incident 4711 on web began 4 minutes before, and version.deploy is declared a cure for it',
    );
  });

  test('that the very same went wrong before', () => {
    const sameBefore: SameBefore = {
      count: 1,
      outcomes: { rolledBack: 1 },
      since: AT - 3 * DAY,
      last: { actionId: 'a.1', outcome: 'rolledBack', at: AT - 3 * DAY },
    };
    expect(textOf('In short', { impact: { sameBefore } })).toContain(
      'the same was asked for once, 3 days before: rolled back; asked because',
    );
  });

  test.each([
    [1, 'it runs at once because operators want it so on services of tier 3, as catalog is'],
    [2, 'people may stop it because operators want it so on services of tier 2, as cart is'],
    [4, 'it is only recommended because operators want it so on services of tier 2, as cart is'],
  ] as const)('what becomes of an action of tier %i', (tier, text) => {
    expect(textOf('In short', {}, aMessage({}, TIERS[tier]))).toContain(text);
  });

  test.each<[string, HeadlineInput, Changes, string]>([
    [
      'the agent asked for',
      aMessage({}, { ...TIERS[1], declaredTier: 3 }),
      {},
      'asked because its agent asked for tier 3',
    ],
    [
      'a denial before',
      aMessage(),
      {
        ruling: {
          reasons: ['so it needs people: tier 3'],
          deniedBefore: { actionId: 'a.1', by: 'grace', reason: 'too early', at: 1 },
        },
      },
      'asked because the same was denied lately',
    ],
    [
      'a freeze',
      aMessage(),
      {
        ruling: { reasons: ['so it needs people: tier 3'] },
        live: { circumstances: { frozen: { name: 'year end', until: AT } } },
      },
      'asked because the freeze "year end" lets nothing run by itself until 2026-11-21T17:30:00.000Z',
    ],
    [
      'no rollback',
      aMessage(),
      { ruling: { reasons: ['it has no rollback'] }, action: { rollback: undefined } },
      'asked because it cannot be taken back',
    ],
    [
      'severity',
      aMessage(),
      { ruling: { reasons: ['x'] } },
      'asked because it is too severe to run without an approval',
    ],
    [
      'policy',
      aMessage(),
      {
        ruling: {
          floor: 1,
          modes: [
            {
              mode: 'execute',
              permitted: false,
              policies: [{ id: 'p', effect: 'forbid', owner: 'sre', reason: 'deploys need people' }],
              errors: [],
            },
          ],
        },
      },
      'asked because policy says so: deploys need people',
    ],
    [
      'its level',
      aMessage(),
      { ruling: { floor: 1, modes: [] } },
      'policy lets an agent of level 3 do no more',
    ],
  ])('the reason is %s', (_, message, changes, text) => {
    expect(textOf('In short', changes, message)).toContain(text);
  });
});

describe('this very action', () => {
  const same = (sameBefore: SameBefore | undefined) => factOf('Same before', { impact: { sameBefore } });
  const last = { actionId: 'a.1', outcome: 'rolledBack', at: AT - DAY } as const;

  test.each<[SameBefore, HeadlineFact['tone'], string]>([
    [{ count: 0, outcomes: {} }, 'plain', 'not on record before, among the newest 200 of its type'],
    [
      {
        count: 3,
        outcomes: { rolledBack: 3 },
        since: AT - 14 * DAY,
        last: { ...last, reason: 'latency-p95 is 0.4, it was 0.2 before' },
      },
      'bad',
      'asked for 3 times in 14 days: rolled back each time, last because latency-p95 is 0.4, it was 0.2 before',
    ],
    [
      { count: 2, outcomes: { succeeded: 1, rolledBack: 1 }, since: AT - 2 * DAY, last },
      'bad',
      'asked for twice in 2 days: 1 succeeded, 1 rolled back, last rolled back',
    ],
    [
      {
        count: 1,
        outcomes: { succeeded: 1 },
        since: AT - 90 * MINUTE,
        last: { ...last, outcome: 'succeeded', reason: 'x' },
      },
      'good',
      'asked for once, 1 hour 30 minutes before: succeeded',
    ],
    [
      { count: 1, outcomes: { expired: 1 }, since: AT + 1, last: { ...last, outcome: 'expired' } },
      'plain',
      'asked for once, no time before: expired',
    ],
  ])('%j', (sameBefore, tone, text) => {
    expect(same(sameBefore)).toEqual([{ text, tone }]);
  });

  test('is unknown where it was assessed by a version that did not look', () => {
    expect(same(undefined)).toEqual([{ text: 'its record is not known', tone: 'unknown' }]);
  });

  test('INVARIANT 12: the reason of an outcome that may hold words of the governed system is left out', () => {
    for (const outcome of ['failed', 'rollbackFailed', 'cancelled'] as const) {
      const record = {
        count: 1,
        outcomes: { [outcome]: 1 },
        since: AT,
        last: { ...last, outcome, reason: 'echo' },
      };
      expect(same(record)[0]?.text).not.toContain('echo');
    }
  });

  test('INVARIANT 12: and so are its words within a reason of Countersign', () => {
    const reason = `${NOT_KNOWN_WHETHER_IT_RAN}: echo`;
    const record = { count: 1, outcomes: { rolledBack: 1 }, since: AT, last: { ...last, reason } };
    expect(same(record)[0]?.text).toContain('because it is not known whether it ran');
    expect(same(record)[0]?.text).not.toContain('echo');
  });

  test('any record is one sentence', () => {
    const record = fc.record({
      count: fc.integer({ min: 1, max: 200 }),
      outcomes: fc.dictionary(fc.constantFrom(...OUTCOMES), fc.integer({ min: 1, max: 200 }), { minKeys: 1 }),
      since: fc.nat(2 * AT),
      last: fc.record({
        actionId: fc.string(),
        outcome: fc.constantFrom(...OUTCOMES),
        at: fc.nat(2 * AT),
        reason: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
      }),
    });
    fc.assert(
      fc.property(record, (sameBefore) => {
        const [fact] = same(sameBefore);
        expect(fact?.text).toMatch(/^asked for \P{C}+$/u);
      }),
    );
  });
});

describe('incidents', () => {
  const facts = (incidents: Live['incidents']) => factOf('Incident', { live: { incidents } });
  const open = { service: 'checkout', open: { kind: 'known', value: 2 } } as const;
  const incident = { id: '4711', title: 'Totals are wrong', kind: 'totals', startedAt: AT - 4 * MINUTE };
  const OPEN = '4711 "Totals are wrong" is open on checkout since 2026-11-21 17:26:00 UTC, for 4 minutes; ';

  test('that none is open is said where it was read, and that it is not known where it was not', () => {
    expect(facts([])).toEqual([{ text: 'none is open on checkout or beside it', tone: 'good' }]);
    expect(facts(undefined)).toEqual([
      { text: 'not known: nobody stated where incidents are read', tone: 'unknown' },
    ]);
  });

  test('each has its id, title, beginning, and whether this is a cure for its kind', () => {
    const { kind: _, ...unkind } = incident;
    expect(facts([{ ...open, named: [{ ...incident, cured: true }, incident, unkind] }])).toEqual([
      { text: `${OPEN}version.deploy is declared a cure for totals`, tone: 'good' },
      { text: `${OPEN}version.deploy is not declared a cure for totals`, tone: 'bad' },
      {
        text: `${OPEN}its source gives it no kind, so whether version.deploy cures it is not known`,
        tone: 'bad',
      },
    ]);
  });

  test.each([
    [AT, '1 second'],
    [AT - 59_999, '59 seconds'],
    [AT - 4 * MINUTE - 59_999, '4 minutes'],
    [AT - 3 * DAY - 61_498, '3 days 1 minute'],
    [AT + MINUTE, '1 second'],
  ])('how long one has been open is told as people say it: %i', (startedAt, text) => {
    expect(facts([{ ...open, named: [{ ...incident, startedAt }] }])[0]?.text).toContain(`, for ${text};`);
  });

  test('those that nobody can name are open all the same', () => {
    expect(facts([open, { ...open, service: 'web', unnamed: 'no answer' }, { ...open, named: [] }])).toEqual([
      { text: '2 open on checkout; which is not known: nobody stated where it is read', tone: 'bad' },
      { text: '2 open on web; which is not known: no answer', tone: 'bad' },
      { text: '2 open on checkout; which is not known: its source names none', tone: 'bad' },
    ]);
  });

  test('INVARIANT 7: a source that does not answer is told once, for all services', () => {
    const unknown = { kind: 'unknown', reason: 'no answer' } as const;
    expect(facts(['checkout', 'web', 'cart'].map((service) => ({ service, open: unknown })))).toEqual([
      { text: 'whether one is open on checkout and 2 more is not known: no answer', tone: 'unknown' },
    ]);
  });

  test('of very many the first five are told, and how many more there are', () => {
    const many = facts(['a', 'b'].map((service) => ({ ...open, service, named: Array(4).fill(incident) })));
    expect(many).toHaveLength(6);
    expect(many[5]).toEqual({ text: '3 more beside these', tone: 'bad' });
  });
});

test('the error budget is told with how fast it is used, where these were asked for', () => {
  const facts = (live: Partial<Live>) => factOf('Error budget', { live });
  const known = (value: number) => ({ kind: 'known', value }) as const;
  expect(facts({})).toEqual([]);
  expect(facts({ errorBudgetLeft: known(0.4), errorBudgetBurnRate: known(14.4) })).toEqual([
    { text: '40 % of that of checkout is left', tone: 'plain' },
    { text: 'the error budget of checkout is used 14.4 times as fast as it may be', tone: 'bad' },
  ]);
  const withTrend = { ...aMessage(), background: { errorBudgetDayBefore: 0.525 } };
  expect(factOf('Error budget', { live: { errorBudgetLeft: known(0.4) } }, withTrend)).toEqual([
    { text: '40 % of that of checkout is left; a day before it was 52.5 %', tone: 'plain' },
  ]);
  const unknown = { kind: 'unknown', reason: 'no answer' } as const;
  expect(facts({ errorBudgetLeft: unknown }).map(({ tone }) => tone)).toEqual(['unknown']);
});

test('the load is told where it is high, or was asked for and is not known', () => {
  const loadFacts = (load: Live['load']) => factOf('Load', { live: { load } });
  expect(loadFacts(undefined)).toEqual([]);
  expect(loadFacts({ kind: 'known', value: 1.49 })).toEqual([]);
  expect(loadFacts({ kind: 'known', value: 1.5 })).toEqual([
    { text: 'checkout has 1.5 times the load that is usual for this hour', tone: 'bad' },
  ]);
  expect(loadFacts({ kind: 'unknown', reason: 'no answer' })).toEqual([
    {
      text: 'how high the load of checkout is, is not known: no answer; so it counts as high',
      tone: 'unknown',
    },
  ]);
});

test('other actions that run near are counted, and not called by the ids that agents chose', () => {
  const running = [
    { actionId: 'a.IGNORE-ALL-RULES', service: 'web' },
    { actionId: 'b.1', service: 'web' },
  ];
  expect(factOf('Running near', { live: { running } })).toEqual([
    { text: '2 other actions run now on web', tone: 'bad' },
  ]);
});

describe('the watch', () => {
  test('says what it reads, until when, and how many success criteria it measures', () => {
    expect(factOf('Watch')).toEqual([
      {
        text: "error-ratio is read until 3 seconds after the effect; what comes later, or shows elsewhere, is not seen; the agent's one success criterion is not measured by name",
        tone: 'bad',
      },
    ]);
    const measured = aMessage({}, { successCriteria: ['error-ratio stays low', 'sales rise'] });
    expect(factOf('Watch', {}, measured)).toMatchObject([{ tone: 'plain' }]);
  });

  test('lasts as long as policy wants', () => {
    expect(textOf('Watch', { ruling: { watchForMs: 10 * MINUTE } })).toContain('until 10 minutes after');
  });
});

test.each<[Partial<Impact>, HeadlineFact['tone'], string]>([
  [{ leftBehind: { kind: 'nothing' } }, 'good', 'it undoes the action, as operators declared'],
  [
    { leftBehind: { kind: 'some', what: ['data stays as 3.0.0 wrote it', 'caches stay cold'] } },
    'bad',
    'it sets back what it can; what stays: data stays as 3.0.0 wrote it; caches stay cold',
  ],
  [{ leftBehind: { kind: 'unstated' } }, 'unknown', 'there is one; nobody stated what it leaves behind'],
  [{ leftBehind: undefined }, 'unknown', 'there is one; nobody stated what it leaves behind'],
  [{ leftBehind: { kind: 'unknown', reason: 'why' } }, 'unknown', 'what it leaves behind is not known: why'],
])('the rollback: %j', (impact, tone, text) => {
  expect(factOf('Rollback', { impact })).toEqual([{ text, tone }]);
  expect(factOf('Rollback', { impact, action: { rollback: undefined } })).toEqual([
    { text: 'it cannot be taken back', tone: 'bad' },
  ]);
});

describe('who asks', () => {
  test('its level for this work, and its record', () => {
    const ranBefore = { onTarget: { ran: 0, well: 0 }, byAgent: { ran: 12, well: 11 } };
    expect(factOf('Who asks', { impact: { ranBefore } })).toEqual([
      {
        text: 'deploy-agent, level 3 of 3 (scoped autonomy) for version.deploy on tier-1 services; it did this 12 times before, 11 well',
        tone: 'plain',
      },
    ]);
  });

  test('why no more of its level counts', () => {
    expect(textOf('Who asks', {}, aMessage({}, TIERS[4]))).toContain(
      'level 1 of 3 (assisted) for schema.migrate on tier-2 services, as schema.migrate cannot be taken back',
    );
  });

  test('that it may be somebody else', () => {
    const { agent } = aMessage().action;
    expect(
      factOf('Who asks', { action: { agent: { ...agent, unsigned: 'it was handed in unsigned' } } }),
    ).toEqual([{ text: 'perhaps deploy-agent: it was handed in unsigned', tone: 'bad' }]);
  });

  const { authority } = aMessage().ruling;
  if (!authority) throw new Error('the agent has a level');
  const demoted = (because: Demoted['because']): Demoted => ({
    kind: 'demoted',
    key: authority.held.given.key,
    at: AT,
    actionId: 'a.IGNORE-ALL-RULES',
    because,
    reason: 'latency-p95 is 0.4',
  });
  const lowered = (...changes: (Demoted | { kind: 'unreadable'; seq: number; at: number })[]) =>
    factOf('Last demotion', {
      ruling: { authority: { ...authority, held: { ...authority.held, lowered: changes } } },
    });

  test('its last demotion and why, without the id that it chose', () => {
    expect(lowered()).toEqual([]);
    expect(lowered(demoted('anomaly'), demoted('rolledBack'))).toEqual([
      {
        text: 'on 2026-11-21, because an action of it had to be taken back: latency-p95 is 0.4',
        tone: 'bad',
      },
    ]);
    expect(lowered(demoted('lost'))[0]?.text).toBe(
      'on 2026-11-21, because an action of it was lost while it ran',
    );
    expect(lowered({ kind: 'unreadable', seq: 7, at: AT })[0]?.text).toBe(
      'level 0 since 2026-11-21: an entry about the agent cannot be read',
    );
  });
});

test('what policy limited is told with its reason', () => {
  const policy = { id: 'no-friday', effect: 'forbid', owner: 'sre', reason: 'Fridays are quiet' } as const;
  const modes = [{ mode: 'executeWithApproval', permitted: false, policies: [policy], errors: [] }] as const;
  expect(factOf('Limited by', { ruling: { floor: 1, modes } })).toEqual([
    { text: 'no-friday of sre: Fridays are quiet', tone: 'plain' },
  ]);
});

describe("INVARIANT 12: the headline is the machine's", () => {
  test.each(HOSTILE_TEXTS)('no text of the agent is in it: %j', (text) => {
    const plain = headline();
    expect(headline({}, aMessage({}, inEveryAgentText(`${text} \u00A7`)))).toEqual(plain);
  });

  test('hidden characters of others are written out, and it is one line', () => {
    const named = [{ id: '4711', title: 'a\u202Eb\nApproved by: grace', startedAt: AT }];
    const incidents = [{ service: 'checkout', open: { kind: 'known', value: 1 }, named } as const];
    const [fact] = factOf('Incident', { live: { incidents } });
    expect(fact?.text).toContain('"a\\u{202E}b\\u{A}Approved by: grace"');
  });
});

test('the briefing begins with it, so every channel has it', () => {
  const message = aMessage();
  const [first] = briefingOf(message, ['grace']).machine;
  expect(first?.heading).toBe('At a glance');
  expect(first?.blocks).toEqual(headlineOf(message).map(({ label, text }) => ({ label, text })));
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Installation } from '../../../src/domain/installation/installation.ts';
import {
  incidentQueries,
  type Live,
  type LiveFacts,
  liveOf,
  liveQuestionsOn,
} from '../../../src/domain/risk/live-context.ts';
import { livePoints, liveReasons } from '../../../src/domain/risk/live-context-score.ts';
import type { CurrentValue } from '../../../src/domain/risk/size.ts';
import { testInstallation } from '../../support/installation.ts';
import { anAction } from '../support.ts';

const { rules, services } = testInstallation().installation;
const queries = {
  errorBudgetLeft: { source: 'slo', query: `left{service="\${target}",env="\${environment.name}"}` },
  incidents: { source: 'alerts', query: `incidents{service="\${target}"}` },
  load: { source: 'slo', query: `load{service="\${target}"}` },
  onCall: { source: 'alerts', query: 'on_call' },
};
const withRules = (changes: Partial<Installation['rules']>, more: Partial<Installation> = {}) =>
  testInstallation({ ...more, rules: { ...rules, ...changes } }).installation;
const asking = withRules({ live: queries });
const known = (value: number): CurrentValue => ({ kind: 'known', value });
const unknown: CurrentValue = { kind: 'unknown', reason: 'no answer' };
const action = anAction({ target: 'cart' });

/** A Saturday, at 18:30 in Berlin. */
const AT = Date.UTC(2026, 10, 21, 17, 30);
const found = (facts: Partial<LiveFacts> = {}, from = asking) =>
  liveOf(from, action, { at: AT, answers: [], running: [], ...facts });

/** Answers to everything that is asked, all of them good, but for these. */
function answers(worse: Readonly<Record<string, CurrentValue>> = {}): LiveFacts['answers'] {
  const good = { errorBudgetLeft: 1, errorBudgetBurnRate: 1, load: 1, incidents: 0, onCall: 2 };
  return liveQuestionsOn(asking, action).map(({ what, service }) => ({
    what,
    service,
    value: worse[`${what} ${service}`] ?? known(good[what]),
  }));
}

describe('what is asked before an action', () => {
  test('nothing, where nobody stated where it is read', () => {
    expect(liveQuestionsOn(testInstallation().installation, action)).toEqual([]);
  });

  test('the error budget, the load and who is on call for the target, and incidents on it and beside it', () => {
    expect(liveQuestionsOn(asking, action)).toEqual([
      {
        what: 'errorBudgetLeft',
        service: 'cart',
        query: { source: 'slo', query: 'left{service="cart",env="production"}' },
      },
      { what: 'load', service: 'cart', query: { source: 'slo', query: 'load{service="cart"}' } },
      { what: 'onCall', service: 'cart', query: queries.onCall },
      ...['cart', 'checkout', 'catalog'].map((service) => ({
        what: 'incidents',
        service,
        query: { source: 'alerts', query: `incidents{service="${service}"}` },
      })),
    ]);
  });

  test('of very many neighbours the most critical: the others count as unknown', () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => {
        const name = `s${i}`;
        const serviceTier = i === 29 ? 1 : 3;
        return [name, { name, serviceTier, owner: 'group:cart-team', dependsOn: ['cart'] } as const];
      }),
    );
    const hub = withRules({ live: { incidents: queries.incidents } }, { services: { ...services, ...many } });
    const asked = liveQuestionsOn(hub, action);
    expect(asked).toHaveLength(21);
    expect(asked.map(({ service }) => service)).toContain('s29');
    const quiet = asked.map(({ what, service }) => ({ what, service, value: known(0) }));
    const live = liveOf(hub, action, { at: AT, answers: quiet, running: [] });
    expect(live.incidents).toContainEqual({
      service: 's9',
      open: { kind: 'unknown', reason: 'nobody read it' },
    });
    expect(livePoints(live, 'cart')).toBe(3);
  });
});

describe('how things stand', () => {
  test('where nobody stated anything: the time at the service, the calendar and who can sign', () => {
    expect(found({}, testInstallation().installation)).toEqual({
      at: AT,
      localTime: 'Sat 2026-11-21 17:30 UTC',
      circumstances: {},
      onCall: known(2),
      running: [],
    });
  });

  test('the time is that of the service, and of the calendar where it has none', () => {
    const calendar = { ...rules.calendar, timeZone: 'Asia/Tokyo' };
    expect(found({}, withRules({ calendar })).localTime).toBe('Sun 2026-11-22 02:30 Asia/Tokyo');
    const cart = { name: 'cart', owner: 'group:cart-team', serviceTier: 2, dependsOn: [] } as const;
    const berlin = { services: { cart: { ...cart, timeZone: 'Europe/Berlin' } } };
    expect(found({}, withRules({ calendar }, berlin)).localTime).toBe('Sat 2026-11-21 18:30 Europe/Berlin');
  });

  test('a freeze that is on', () => {
    const freeze = { name: 'year end', from: AT, until: AT + 1 };
    const live = found({}, withRules({ calendar: { ...rules.calendar, freezes: [freeze] } }));
    expect(live.circumstances).toEqual({ frozen: { name: 'year end', until: AT + 1 } });
  });

  test('people on call without a key cannot sign, and are not counted', () => {
    const { people } = asking;
    const { linus } = people;
    if (!linus) throw new Error('linus is there');
    const from = withRules({}, { people: { ...people, linus: { ...linus, keys: [] } } });
    expect(found({}, from).onCall).toEqual(known(1));
  });

  test('incidents are listed where there are any, the target first', () => {
    const worse = { 'incidents catalog': known(1), 'incidents cart': known(2) };
    expect(found({ answers: answers(worse) }).incidents).toEqual([
      { service: 'cart', open: known(2) },
      { service: 'catalog', open: known(1) },
    ]);
    expect(found({ answers: answers() }).incidents).toEqual([]);
  });

  const listing = withRules({
    live: { ...queries, incidentList: { source: 'alerts', query: `started{service="\${target}"}` } },
  });

  test('which incidents are open is asked where some are, and nowhere else', () => {
    const worse = { 'incidents cart': known(2), 'incidents catalog': unknown };
    expect(incidentQueries(listing, 'production', answers(worse))).toEqual({
      cart: { source: 'alerts', query: 'started{service="cart"}' },
    });
    expect(incidentQueries(listing, 'production', answers())).toEqual({});
    expect(incidentQueries(asking, 'production', answers(worse))).toEqual({});
  });

  test('an incident of a kind that the action type is declared to cure says so, and no other does', () => {
    const cacheFlush = asking.actionTypes['cache.flush'];
    if (!cacheFlush) throw new Error('caches can be flushed');
    const curing = withRules(
      { live: listing.rules.live },
      { actionTypes: { 'cache.flush': { ...cacheFlush, cures: ['stale-cache'] } } },
    );
    const incident = { id: '4711', title: 'Old prices', startedAt: AT - 240_000 };
    const incidents = [
      { ...incident, kind: 'stale-cache' },
      { ...incident, id: '4712', kind: 'outage' },
      { ...incident, id: '4713' },
    ];
    const facts = {
      answers: answers({ 'incidents cart': known(3), 'incidents catalog': known(1) }),
      incidents: {
        cart: { kind: 'known', incidents },
        catalog: { kind: 'unknown', reason: 'no answer' },
      },
    } as const;
    const [first, ...others] = incidents;
    expect(found(facts, curing).incidents).toEqual([
      { service: 'cart', open: known(3), named: [{ ...first, cured: true }, ...others] },
      { service: 'catalog', open: known(1), unnamed: 'no answer' },
    ]);
    expect(found(facts, listing).incidents?.[0]).toEqual({
      service: 'cart',
      open: known(3),
      named: incidents,
    });
    expect(livePoints(found(facts, curing), 'cart')).toBe(livePoints(found(facts, listing), 'cart'));
  });

  test('how fast the error budget is used, where that is asked for', () => {
    const burning = withRules({ live: { errorBudgetBurnRate: queries.errorBudgetLeft } });
    const value = { what: 'errorBudgetBurnRate', service: 'cart', value: known(14.4) } as const;
    expect(found({ answers: [value] }, burning).errorBudgetBurnRate).toEqual(known(14.4));
    expect(found({}, burning).errorBudgetBurnRate).toEqual({ kind: 'unknown', reason: 'nobody read it' });
    expect(found({ answers: [value] })).not.toHaveProperty('errorBudgetBurnRate');
  });

  test('other actions that run, and not the action itself', () => {
    const other = { actionId: 'a.1', service: 'checkout' };
    const running = [other, { actionId: action.id, service: 'cart' }];
    expect(found({ running }).running).toEqual([other]);
  });

  test('INVARIANT 7: what was asked for and not answered is unknown, and never left out', () => {
    const nobody = { kind: 'unknown', reason: 'nobody read it' };
    expect(found()).toMatchObject({
      errorBudgetLeft: nobody,
      load: nobody,
      onCall: nobody,
      incidents: ['cart', 'checkout', 'catalog'].map((service) => ({ service, open: nobody })),
    });
  });
});

describe('the moment adds to the risk', () => {
  const frozen = { circumstances: { frozen: { name: 'year end', until: 2 } } };
  const busy = { circumstances: { busy: { name: 'Black Friday', until: 2 } } };
  const shut = { circumstances: { outsideWindow: { opensAt: 2 } } };
  const running = { running: [{ actionId: 'a.1', service: 'checkout' }] };
  const incident = (service: string, open = known(1)) => ({ incidents: [{ service, open }] });
  test.each<[string, Partial<Live>, number]>([
    ['nothing is wrong', {}, 0],
    ['nothing is spent of the error budget', { errorBudgetLeft: known(1) }, 0],
    ['half of it is', { errorBudgetLeft: known(0.5) }, 4],
    ['all of it is', { errorBudgetLeft: known(0) }, 8],
    ['it is overspent', { errorBudgetLeft: known(-3) }, 8],
    ['there is more than all', { errorBudgetLeft: known(1.5) }, 0],
    ['nobody knows how much is left', { errorBudgetLeft: unknown }, 8],
    ['an incident is open on the target', incident('cart'), 6],
    ['one beside it', incident('catalog'), 3],
    ['nobody knows of the target', incident('cart', unknown), 6],
    ['nobody knows of one beside it', incident('catalog', unknown), 3],
    ['another action runs', running, 2],
    ['a freeze is on', frozen, 2],
    ['no change window is open', shut, 2],
    ['nobody is on call', { onCall: known(0) }, 2],
    ['one is', { onCall: known(1) }, 0],
    ['nobody knows who is', { onCall: unknown }, 2],
    ['the load is usual', { load: known(1) }, 0],
    ['it is a little more', { load: known(1.49) }, 0],
    ['it is high', { load: known(1.5) }, 2],
    ['it is very high', { load: known(40) }, 2],
    ['nobody knows how high it is', { load: unknown }, 2],
    ['a busy time is on', busy, 2],
    ['a busy time is on, and the load is high: that is one thing', { ...busy, load: known(9) }, 2],
    ['a busy time is on, and the load is usual', { ...busy, load: known(1) }, 2],
    [
      'all of it',
      {
        ...running,
        ...frozen,
        ...incident('cart'),
        errorBudgetLeft: known(0),
        onCall: known(0),
        load: known(9),
      },
      22,
    ],
  ])('%s: %j is %i', (_, changes, points) => {
    const calm = { at: AT, localTime: '', circumstances: {}, onCall: known(2), running: [] };
    expect(livePoints({ ...calm, ...changes }, 'cart')).toBe(points);
  });

  const number = fc.double({ min: -2, max: 3, noNaN: true }).map(known);
  const anyAnswers = fc.record(
    Object.fromEntries(
      liveQuestionsOn(asking, action).map(({ what, service }) => [`${what} ${service}`, number]),
    ),
  );
  const pointsOf = (facts: Partial<LiveFacts>) => livePoints(found(facts), 'cart');

  test('INVARIANT 7: no answer that a source gives, however bad, counts for more than the one that it does not give', () => {
    fc.assert(
      fc.property(anyAnswers, fc.integer({ min: 0, max: 5 }), (given, which) => {
        const all = answers(given);
        const lost = all.map((answer, i) => (i === which ? { ...answer, value: unknown } : answer));
        const missing = all.filter((_, i) => i !== which);
        expect(pointsOf({ answers: lost })).toBeGreaterThanOrEqual(pointsOf({ answers: all }));
        expect(pointsOf({ answers: missing })).toBe(pointsOf({ answers: lost }));
      }),
      { numRuns: 2_000 },
    );
  });

  test('less error budget, more incidents, more load, fewer people: never less risk', () => {
    fc.assert(
      fc.property(anyAnswers, anyAnswers, (a, b) => {
        const worse = Object.fromEntries(
          Object.keys(a).map((key) => {
            const [x = 0, y = 0] = [a[key], b[key]].map((each) => (each?.kind === 'known' ? each.value : 0));
            return [key, known(/^(incidents|load)/.test(key) ? Math.max(x, y) : Math.min(x, y))];
          }),
        );
        expect(pointsOf({ answers: answers(worse) })).toBeGreaterThanOrEqual(
          pointsOf({ answers: answers(a) }),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test('and from 0 to 22', () => {
    fc.assert(
      fc.property(anyAnswers, (given) => {
        const points = pointsOf({ answers: answers(given) });
        expect(points).toBeGreaterThanOrEqual(0);
        expect(points).toBeLessThanOrEqual(22);
      }),
    );
  });
});

describe('people are told', () => {
  test('what is known', () => {
    const worse = {
      'errorBudgetLeft cart': known(0.125),
      'incidents cart': known(2),
      'load cart': known(2.125),
      'onCall cart': known(1),
    };
    const running = [{ actionId: 'a.1', service: 'checkout' }];
    expect(liveReasons(found({ answers: answers(worse), running }), 'cart', 99.5)).toEqual([
      'at cart it is Sat 2026-11-21 17:30 UTC',
      '12.5 % of the error budget of cart, whose objective is 99.5 %, is left',
      'cart has 2.13 times the load that is usual for this hour',
      'incidents open on cart: 2',
      'a.1 runs on checkout now',
      'on call for cart: 1 person',
    ]);
  });

  test('what is not, and that it counts as the worst', () => {
    const worse = {
      'errorBudgetLeft cart': unknown,
      'load cart': unknown,
      'incidents catalog': unknown,
      'onCall cart': unknown,
    };
    expect(liveReasons(found({ answers: answers(worse) }), 'cart', undefined)).toEqual([
      'at cart it is Sat 2026-11-21 17:30 UTC',
      'how much of the error budget of cart is left is not known: no answer; so it counts as used up',
      'how high the load of cart is, is not known: no answer; so it counts as high',
      'whether an incident is open on catalog is not known: no answer; so it counts as one',
      'who is on call for cart is not known: no answer; so it counts as nobody',
    ]);
  });

  test('of a busy time', () => {
    const blackFriday = { name: 'Black Friday', from: AT, until: AT + 1 };
    const live = found({}, withRules({ calendar: { ...rules.calendar, busy: [blackFriday] } }));
    expect(live.circumstances).toEqual({ busy: { name: 'Black Friday', until: AT + 1 } });
    expect(liveReasons(live, 'cart', 99)).toContain(
      'it is the busy time "Black Friday" until 2026-11-21T17:30:00.001Z',
    );
  });

  test('of a freeze, and of nobody on call', () => {
    const freeze = { name: 'year end', from: AT, until: AT + 1 };
    const calendar = { ...rules.calendar, freezes: [freeze] };
    const live = found(
      { answers: answers({ 'onCall cart': known(0) }) },
      withRules({ calendar, live: queries }),
    );
    expect(liveReasons(live, 'cart', 99)).toEqual(
      expect.arrayContaining([
        'the freeze "year end" lets nothing run by itself until 2026-11-21T17:30:00.001Z',
        'on call for cart: nobody',
      ]),
    );
  });
});

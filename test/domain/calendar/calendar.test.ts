import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  busyText,
  type Calendar,
  type ChangeWindow,
  circumstancesOf,
  type Freeze,
  whyPeopleOnly,
} from '../../../src/domain/calendar/calendar.ts';
import { testInstallation } from '../../support/installation.ts';

const { installation } = testInstallation();
const HOUR = 3_600_000;

const on = (target: string, environment = 'production') => ({ target, environment });

function at(time: string, calendar: Partial<Calendar>, action = on('catalog'), serviceZone?: string) {
  const { services, rules } = installation;
  const zoned = Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, { ...service, timeZone: serviceZone }]),
  );
  const whole = { timeZone: 'UTC', freezes: [], windows: [], ...calendar };
  return circumstancesOf({ services: zoned, rules: { ...rules, calendar: whole } }, action, Date.parse(time));
}

const freeze = (from: string, until: string, changes: Partial<Freeze> = {}): Freeze => ({
  name: 'year end',
  from: Date.parse(from),
  until: Date.parse(until),
  ...changes,
});

const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const window = (from: string, to: string, changes: Partial<ChangeWindow> = {}): ChangeWindow => ({
  days: [1, 2, 3, 4, 5, 6, 7],
  from: minutes(from),
  to: minutes(to),
  ...changes,
});

const isOpen = (time: string, windows: readonly ChangeWindow[], zone?: string) =>
  at(time, { windows }, on('catalog'), zone).outsideWindow === undefined;

const opensAt = (time: string, windows: readonly ChangeWindow[], zone?: string) => {
  const opening = at(time, { windows }, on('catalog'), zone).outsideWindow?.opensAt;
  return opening === undefined ? undefined : new Date(opening).toISOString();
};

describe('a busy time', () => {
  const blackFriday = {
    name: 'Black Friday',
    from: Date.parse('2026-11-27T00:00Z'),
    until: Date.parse('2026-12-01T00:00Z'),
    services: ['catalog'],
  };
  const busy = { name: 'Black Friday', until: blackFriday.until };

  test('is on for its services from its beginning until just before its end, and people are told', () => {
    expect(at('2026-11-26T23:59Z', { busy: [blackFriday] })).toEqual({});
    expect(at('2026-11-27T00:00Z', { busy: [blackFriday] })).toEqual({ busy });
    expect(at('2026-12-01T00:00Z', { busy: [blackFriday] })).toEqual({});
    expect(at('2026-11-27T00:00Z', { busy: [blackFriday] }, on('cart'))).toEqual({});
    expect(busyText({ busy })).toEqual(['it is the busy time "Black Friday" until 2026-12-01T00:00:00.000Z']);
    expect(busyText({})).toEqual([]);
  });

  test('makes nothing an action for people only, and the one that lasts longest is told', () => {
    const longer = { name: 'campaign', from: blackFriday.from, until: blackFriday.until + 1 };
    const circumstances = at('2026-11-28T00:00Z', { busy: [blackFriday, longer] });
    expect(circumstances).toEqual({ busy: { name: 'campaign', until: longer.until } });
    expect(whyPeopleOnly(circumstances)).toEqual([]);
  });

  test('is none where the calendar does not hold', () => {
    expect(at('2026-11-28T00:00Z', { busy: [blackFriday], environments: ['staging'] })).toEqual({});
  });
});

test('without windows and freezes everything may run at any time', () => {
  expect(at('2026-12-24T12:00Z', {})).toEqual({});
});

describe('a freeze', () => {
  const yearEnd = freeze('2026-12-18T18:00Z', '2027-01-04T08:00Z');

  test.each([
    ['2026-12-18T17:59:59.999Z', false],
    ['2026-12-18T18:00:00.000Z', true],
    ['2027-01-04T07:59:59.999Z', true],
    ['2027-01-04T08:00:00.000Z', false],
  ])('is on from its first instant to before its last one: %s is in it: %s', (time, frozen) => {
    expect(at(time, { freezes: [yearEnd] }).frozen !== undefined).toBe(frozen);
  });

  test('is told with its name and its end; of several the one that ends last', () => {
    const short = freeze('2026-12-24T00:00Z', '2026-12-27T00:00Z', { name: 'Christmas' });
    const frozen = { name: 'year end', until: yearEnd.until };
    expect(at('2026-12-25T12:00Z', { freezes: [short, yearEnd] })).toEqual({ frozen });
    expect(at('2026-12-25T12:00Z', { freezes: [yearEnd, short] })).toEqual({ frozen });
  });

  test('of some services is on for those', () => {
    const freezes = [{ ...yearEnd, services: ['checkout'] }];
    expect(at('2026-12-25T12:00Z', { freezes }, on('checkout')).frozen).toBeDefined();
    expect(at('2026-12-25T12:00Z', { freezes }, on('cart')).frozen).toBeUndefined();
  });

  test('is on in the environments of the calendar', () => {
    const calendar = {
      freezes: [yearEnd],
      windows: [window('00:00', '00:01')],
      environments: ['production'],
    };
    expect(at('2026-12-25T12:00Z', calendar)).toMatchObject({ frozen: {}, outsideWindow: {} });
    expect(at('2026-12-25T12:00Z', calendar, on('catalog', 'staging'))).toEqual({});
  });
});

describe('a change window', () => {
  const weekdays = window('09:00', '16:30', { days: [1, 2, 3, 4] });

  test.each([
    ['2026-03-02T08:59:59.999Z', false, 'Monday, before it opens'],
    ['2026-03-02T09:00:00.000Z', true, 'Monday, as it opens'],
    ['2026-03-05T16:29:59.999Z', true, 'Thursday, before it ends'],
    ['2026-03-05T16:30:00.000Z', false, 'Thursday, as it ends'],
    ['2026-03-06T12:00:00.000Z', false, 'Friday'],
    ['2026-03-08T12:00:00.000Z', false, 'Sunday'],
  ])('%s: %s, %s', (time, open) => {
    expect(isOpen(time, [weekdays])).toBe(open);
  });

  test.each([
    ['2026-03-02T05:00Z', '2026-03-02T09:00:00.000Z'],
    ['2026-03-02T16:30Z', '2026-03-03T09:00:00.000Z'],
    ['2026-03-05T16:30Z', '2026-03-09T09:00:00.000Z'],
    ['2026-03-08T23:59Z', '2026-03-09T09:00:00.000Z'],
  ])('after %s it opens %s', (time, opening) => {
    expect(opensAt(time, [weekdays])).toBe(opening);
  });

  test('is open on the clocks of the service', () => {
    expect(isOpen('2026-03-02T08:30Z', [weekdays], 'Europe/Berlin')).toBe(true);
    expect(isOpen('2026-03-02T08:30Z', [weekdays], 'America/New_York')).toBe(false);
    expect(opensAt('2026-03-02T08:30Z', [weekdays], 'America/New_York')).toBe('2026-03-02T14:00:00.000Z');
    expect(isOpen('2026-03-01T23:30Z', [weekdays], 'Asia/Tokyo')).toBe(false);
    expect(isOpen('2026-03-02T00:00Z', [weekdays], 'Asia/Tokyo')).toBe(true);
    expect(isOpen('2026-03-01T20:00Z', [weekdays], 'Pacific/Auckland')).toBe(true);
  });

  test('without a time zone of the service is open on those of the calendar', () => {
    const calendar = { windows: [weekdays], timeZone: 'America/New_York' };
    expect(at('2026-03-02T13:59Z', calendar).outsideWindow).toBeDefined();
    expect(at('2026-03-02T14:00Z', calendar).outsideWindow).toBeUndefined();
  });

  test('over midnight belongs to the day on which it opens', () => {
    const night = window('22:00', '02:00', { days: [7] });
    expect(isOpen('2026-03-01T21:59Z', [night])).toBe(false);
    expect(isOpen('2026-03-01T22:00Z', [night])).toBe(true);
    expect(isOpen('2026-03-02T01:59Z', [night])).toBe(true);
    expect(isOpen('2026-03-02T02:00Z', [night])).toBe(false);
    expect(isOpen('2026-03-01T01:00Z', [night])).toBe(false);
    expect(opensAt('2026-03-02T02:00Z', [night])).toBe('2026-03-08T22:00:00.000Z');
  });

  test('of whole days ends with the day', () => {
    const saturday = window('00:00', '24:00', { days: [6] });
    expect(isOpen('2026-03-06T23:59Z', [saturday])).toBe(false);
    expect(isOpen('2026-03-07T00:00Z', [saturday])).toBe(true);
    expect(isOpen('2026-03-07T23:59Z', [saturday])).toBe(true);
    expect(isOpen('2026-03-08T00:00Z', [saturday])).toBe(false);
  });

  test('that names a service replaces those of all services for it', () => {
    const windows = [window('00:00', '24:00'), window('10:00', '11:00', { services: ['checkout'] })];
    expect(at('2026-03-02T12:00Z', { windows }, on('cart'))).toEqual({});
    expect(at('2026-03-02T12:00Z', { windows }, on('checkout')).outsideWindow).toBeDefined();
    expect(at('2026-03-02T10:30Z', { windows }, on('checkout'))).toEqual({});
    const [, own] = windows;
    expect(at('2026-03-02T12:00Z', { windows: own ? [own] : [] }, on('cart'))).toEqual({});
  });
});

/** Clocks go forward at 01:00 UTC on 29 March 2026 and back on 25 October; in New York at 07:00 and 06:00 UTC. */
describe('where clocks change', () => {
  const BERLIN = 'Europe/Berlin';
  const NEW_YORK = 'America/New_York';
  /** By half an hour, at 15:00 UTC on 4 April and at 15:30 UTC on 3 October. */
  const LORD_HOWE = 'Australia/Lord_Howe';
  /** Never. */
  const KOLKATA = 'Asia/Kolkata';
  const morning = window('09:00', '10:00');

  test.each([
    [BERLIN, '2026-03-28', '2026-03-28T08:00Z'],
    [BERLIN, '2026-03-29', '2026-03-29T07:00Z'],
    [BERLIN, '2026-10-24', '2026-10-24T07:00Z'],
    [BERLIN, '2026-10-25', '2026-10-25T08:00Z'],
    [NEW_YORK, '2026-03-07', '2026-03-07T14:00Z'],
    [NEW_YORK, '2026-03-08', '2026-03-08T13:00Z'],
    [NEW_YORK, '2026-10-31', '2026-10-31T13:00Z'],
    [NEW_YORK, '2026-11-01', '2026-11-01T14:00Z'],
    [LORD_HOWE, '2026-04-04', '2026-04-03T22:00Z'],
    [LORD_HOWE, '2026-04-05', '2026-04-04T22:30Z'],
    [LORD_HOWE, '2026-10-03', '2026-10-02T22:30Z'],
    [LORD_HOWE, '2026-10-04', '2026-10-03T22:00Z'],
    [KOLKATA, '2026-03-29', '2026-03-29T03:30Z'],
    [KOLKATA, '2026-10-25', '2026-10-25T03:30Z'],
  ])('in %s nine is nine on the clock: %s', (zone, _, opening) => {
    const time = Date.parse(opening);
    const iso = (ms: number) => new Date(ms).toISOString();
    expect(isOpen(iso(time - 1), [morning], zone)).toBe(false);
    expect(isOpen(iso(time), [morning], zone)).toBe(true);
    expect(isOpen(iso(time + HOUR - 1), [morning], zone)).toBe(true);
    expect(isOpen(iso(time + HOUR), [morning], zone)).toBe(false);
    expect(opensAt(iso(time - 10 * HOUR), [morning], zone)).toBe(iso(time));
  });

  test.each([
    [BERLIN, '2026-03-29T00:30Z', '2026-03-29T01:00Z', 'forward'],
    [NEW_YORK, '2026-03-08T06:30Z', '2026-03-08T07:00Z', 'forward'],
    [LORD_HOWE, '2026-10-03T15:00Z', '2026-10-03T16:00Z', 'forward'],
  ])('%s: a window around the time that is skipped is shorter by it', (zone, inside, after) => {
    const around = window('01:00', '03:00');
    expect(isOpen(inside, [around], zone)).toBe(true);
    expect(isOpen(after, [around], zone)).toBe(false);
  });

  test.each([
    [BERLIN, '2026-10-25T00:00Z', '2026-10-25T02:00Z'],
    [NEW_YORK, '2026-11-01T05:00Z', '2026-11-01T07:00Z'],
    [LORD_HOWE, '2026-04-04T14:00Z', '2026-04-04T15:30Z'],
  ])('%s: a window around the time that comes twice is longer by it', (zone, opening, end) => {
    const around = zone === BERLIN ? window('02:00', '03:00') : window('01:00', '02:00');
    const before = new Date(Date.parse(end) - 1).toISOString();
    expect(isOpen(opening, [around], zone)).toBe(true);
    expect(isOpen(new Date(Date.parse(opening) + HOUR).toISOString(), [around], zone)).toBe(true);
    expect(isOpen(before, [around], zone)).toBe(true);
    expect(isOpen(end, [around], zone)).toBe(false);
  });

  test('a window inside the hour that is skipped is as long as ever, an hour later', () => {
    const inside = window('02:15', '02:45');
    expect(opensAt('2026-03-28T23:30Z', [inside], BERLIN)).toBe('2026-03-29T01:15:00.000Z');
    expect(isOpen('2026-03-29T01:15Z', [inside], BERLIN)).toBe(true);
    expect(isOpen('2026-03-29T01:45Z', [inside], BERLIN)).toBe(false);
  });

  test('a window that begins in the hour that is skipped and ends with it is left out', () => {
    const lost = window('02:30', '03:00', { days: [7] });
    expect(opensAt('2026-03-28T23:30Z', [lost], BERLIN)).toBe('2026-04-05T00:30:00.000Z');
  });
});

describe('for all windows, time zones and moments', () => {
  const anyWindow = fc
    .record({
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      from: fc.integer({ min: 0, max: 24 * 60 - 1 }),
      to: fc.integer({ min: 1, max: 24 * 60 }),
    })
    .filter(({ from, to }) => from !== to);
  const anyZone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Pacific/Apia',
  );
  const anyTime = fc
    .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 11, 31) })
    .map((ms) => new Date(ms).toISOString());

  test('outside of them it is open when it is said to open, and not in between', () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { minLength: 1 }), anyZone, anyTime, (windows, zone, time) => {
        const opening = opensAt(time, windows, zone);
        if (opening === undefined) return;
        expect(Date.parse(opening)).toBeGreaterThan(Date.parse(time));
        expect(isOpen(opening, windows, zone)).toBe(true);
        const between = new Date((Date.parse(opening) + Date.parse(time)) / 2).toISOString();
        expect(isOpen(between, windows, zone)).toBe(false);
        expect(isOpen(new Date(Date.parse(opening) - 1).toISOString(), windows, zone)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

test('people read why only they may let it run', () => {
  expect(whyPeopleOnly({})).toEqual([]);
  expect(
    whyPeopleOnly({
      frozen: { name: 'year end', until: Date.UTC(2027, 0, 4, 8) },
      outsideWindow: { opensAt: Date.UTC(2027, 0, 5, 9) },
    }),
  ).toEqual([
    'the freeze "year end" lets nothing run by itself until 2027-01-04T08:00:00.000Z',
    'it is outside the change window of the service, which opens 2027-01-05T09:00:00.000Z',
  ]);
});

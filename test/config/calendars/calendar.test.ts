import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { type Loaded, loadInstallation } from '../../../src/config/index.ts';
import { circumstancesOf } from '../../../src/domain/calendar/calendar.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf, testBroken } from '../broken.ts';

const file = 'countersign.yaml';
/** The calendar of the example, and its busy time. */
const EXAMPLE = 'calendar:\n  busy:\n    - { icalendar: campaigns.ics, services: [web] }\n';
const BLACK_FRIDAY = {
  name: 'Black Friday',
  from: Date.UTC(2027, 10, 26),
  until: Date.UTC(2027, 10, 30),
  services: ['web'],
};
/** Adds this to the calendar of the example. */
const calendarOf = (calendar: string) => ({
  file,
  replace: EXAMPLE,
  by: `${EXAMPLE}${calendar.replace('calendar:\n', '')}\n`,
});

const HOUR = 3_600_000;

type Files = Readonly<Record<string, string>>;

/** The example with this in its countersign.yaml and these files in its calendars/. */
async function folderWith(calendar: string, files: Files = {}): Promise<string> {
  const folder = await edited(calendarOf(calendar));
  if (Object.keys(files).length > 0) await mkdir(join(folder, 'calendars'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'calendars', name), text);
  return folder;
}

function loaded(answer: Loaded) {
  if (answer.kind === 'faulty') throw new Error(JSON.stringify(answer.faults));
  return answer.installation;
}

const installationWith = async (calendar: string, files: Files = {}) =>
  loaded(await loadInstallation(await folderWith(calendar, files), STOREFRONT_ENV, cedar));

const event = (...lines: readonly string[]) =>
  ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\n');
const YEAR_END = event('SUMMARY:year end', 'DTSTART:20271218T180000', 'DTEND:20280104T080000');

test('a calendar is read as it is written', async () => {
  const { rules } = await installationWith(`calendar:
  timeZone: Europe/Berlin
  environments: [production]
  windows:
    - { days: [mon, tue, wed, thu], from: 09:00, to: "16:30" }
    - { from: "22:00", to: 02:00, services: [checkout] }
    - { days: [sun], from: "00:00", to: "24:00" }
  freezes:
    - { name: year end, from: 2026-12-18T18:00, until: 2027-01-04, services: [cart, web] }`);
  expect(rules.calendar).toEqual({
    timeZone: 'Europe/Berlin',
    environments: ['production'],
    windows: [
      { days: [1, 2, 3, 4], from: 540, to: 990 },
      { days: [1, 2, 3, 4, 5, 6, 7], from: 1320, to: 120, services: ['checkout'] },
      { days: [7], from: 0, to: 1440 },
    ],
    freezes: [
      {
        name: 'year end',
        services: ['cart', 'web'],
        from: Date.parse('2026-12-18T17:00Z'),
        until: Date.parse('2027-01-03T23:00Z'),
      },
    ],
    busy: [{ ...BLACK_FRIDAY, from: BLACK_FRIDAY.from - HOUR, until: BLACK_FRIDAY.until - HOUR }],
  });
});

test('without a calendar nothing is frozen, and everything may run at any time', async () => {
  const { rules } = await installationWith('');
  expect(rules.calendar).toEqual({ timeZone: 'UTC', windows: [], freezes: [], busy: [BLACK_FRIDAY] });
});

test('a freeze begins and ends on the clocks of the calendar, on either side of a change', async () => {
  const { rules } = await installationWith(`calendar:
  timeZone: America/New_York
  freezes: [{ name: clocks, from: 2026-03-07T12:00, until: 2026-03-08T12:00 }]`);
  expect(rules.calendar.freezes).toEqual([
    { name: 'clocks', from: Date.parse('2026-03-07T17:00Z'), until: Date.parse('2026-03-08T16:00Z') },
  ]);
});

describe('the files of calendars/', () => {
  test('are freezes beside those of countersign.yaml, for all services, on the clocks of the calendar', async () => {
    const calendar = `calendar:
  timeZone: Europe/Berlin
  freezes: [{ name: sale, from: 2027-11-26, until: 2027-11-29, services: [cart] }]`;
    const installation = await installationWith(calendar, { 'holidays.ics': YEAR_END });
    expect(installation.rules.calendar.freezes).toMatchObject([
      { name: 'sale' },
      { name: 'year end', from: Date.parse('2027-12-18T17:00Z') },
    ]);
    const at = (target: string, time: string) =>
      circumstancesOf(installation, { target, environment: 'production' }, Date.parse(time)).frozen?.name;
    expect(at('cart', '2027-11-27T12:00Z')).toBe('sale');
    expect(at('checkout', '2027-11-27T12:00Z')).toBeUndefined();
    expect(at('checkout', '2027-12-24T12:00Z')).toBe('year end');
  });

  test('what recurs for ever is known for five years from now', async () => {
    const weekly = event('SUMMARY:weekend', 'DTSTART;VALUE=DATE:20260103', 'RRULE:FREQ=WEEKLY');
    const { rules } = await installationWith('', { 'weekends.ics': weekly });
    const { freezes } = rules.calendar;
    const YEAR = 365.25 * 24 * 3_600_000;
    expect(freezes.length).toBeGreaterThan(255);
    expect(freezes.length).toBeLessThan(270);
    expect(Math.abs((freezes.at(-1)?.from ?? 0) - Date.now() - 5 * YEAR)).toBeLessThan(3_600_000);
    expect(freezes.at(-1)?.name).toContain('start the worker again');
  });

  test('are part of the policy: its digest follows their text and their names', async () => {
    const digest = async (files: Files) => (await installationWith('', files)).digests.policy;
    const digests = await Promise.all([
      digest({}),
      digest({ 'a.ics': YEAR_END }),
      digest({ 'b.ics': YEAR_END }),
      digest({ 'a.ics': YEAR_END.replace('20271218', '20271219') }),
    ]);
    expect(new Set(digests).size).toBe(4);
    expect(await digest({ 'a.ics': YEAR_END })).toBe(digests[1]);
  });

  test('faults of all of them are told with those of the other files, and other files are not overlooked', async () => {
    const folder = await folderWith('calendar:\n  timeZone: Mars/Olympus', {
      'a.ics': event('DTSTART:20271218T180000'),
      'b.ics': 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR',
      'c.ical': YEAR_END,
      '.DS_Store': 'x',
    });
    expect((await faultsOf(folder)).map(({ file: of, problem }) => [of, problem])).toEqual([
      ['calendars/a.ics', 'has no end: write DTEND or DURATION'],
      ['calendars/b.ics', 'END:VCALENDAR ends what did not begin here'],
      ['calendars/c.ical', 'is not read: let its name end in .ics'],
      [file, 'calendar.timeZone: must be a time zone of the IANA database, such as Europe/Berlin'],
    ]);
  });
});

describe('the files of busy/', () => {
  const withBusy = (busy: string) => ({ file, replace: EXAMPLE, by: `calendar:\n  busy:\n${busy}\n` });
  const CAMPAIGNS = '    - { icalendar: campaigns.ics }';
  const SALE = event('SUMMARY:sale', 'DTSTART:20280110T000000Z', 'DTEND:20280112T000000Z');

  /** The example with this under calendar.busy, and with these files in its busy/. */
  async function busyFolder(busy: string, files: Files = {}): Promise<string> {
    const folder = await edited(withBusy(busy));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'busy', name), text);
    return folder;
  }

  test('are busy times of the services that are named with them, or of all, and freeze nothing', async () => {
    const folder = await busyFolder(`${CAMPAIGNS}\n    - { icalendar: sales.ics, services: [cart] }`, {
      'sales.ics': SALE,
    });
    const installation = loaded(await loadInstallation(folder, STOREFRONT_ENV, cedar));
    const at = (target: string, time: string) =>
      circumstancesOf(installation, { target, environment: 'production' }, Date.parse(time));
    expect(at('checkout', '2027-11-26T12:00Z')).toEqual({
      busy: { name: 'Black Friday', until: BLACK_FRIDAY.until },
    });
    expect(at('cart', '2028-01-11T12:00Z').busy?.name).toBe('sale');
    expect(at('checkout', '2028-01-11T12:00Z')).toEqual({});
    expect(installation.rules.calendar.freezes).toEqual([]);
  });

  test('are part of the policy: its digest follows their text', async () => {
    const digestOf = async (text: string) => {
      const folder = await busyFolder(CAMPAIGNS, { 'campaigns.ics': text });
      return loaded(await loadInstallation(folder, STOREFRONT_ENV, cedar)).digests.policy;
    };
    expect(await digestOf(SALE)).not.toBe(await digestOf(SALE.replace('sale', 'Sale')));
  });

  test('that nobody names, or that cannot be read, are faults', async () => {
    const folder = await busyFolder(CAMPAIGNS, {
      'campaigns.ics': event('DTSTART:20271218T180000'),
      'sales.ics': SALE,
    });
    expect(await faultsOf(folder)).toEqual([
      { file: 'busy/campaigns.ics', line: 2, problem: 'has no end: write DTEND or DURATION' },
      {
        file: 'busy/sales.ics',
        line: 1,
        problem: 'is not read: name it as icalendar under calendar.busy in countersign.yaml, or remove it',
      },
    ]);
  });

  test('are calendars of events: one that is closed by default is a fault', async () => {
    const text = SALE.replace('BEGIN:VEVENT', 'X-CALENDAR-TYPE:DEFAULT_CLOSED\nBEGIN:VEVENT');
    expect(await faultsOf(await busyFolder(CAMPAIGNS, { 'campaigns.ics': text }))).toEqual([
      {
        file: 'busy/campaigns.ics',
        line: 2,
        problem: 'DEFAULT_CLOSED is for calendars of changes: leave it out of a calendar of busy times',
      },
    ]);
  });

  testBroken([
    {
      rule: 'are named by their names alone',
      ...withBusy(`${CAMPAIGNS}\n    - { icalendar: busy/campaigns.ics }`),
      at: 'icalendar: busy/campaigns.ics',
      problem: 'calendar.busy.1.icalendar: must be the name of a file in busy/, such as campaigns.ics',
    },
    {
      rule: 'are there',
      ...withBusy(`${CAMPAIGNS}\n    - { icalendar: campaign.ics }`),
      at: 'icalendar: campaign.ics',
      problem:
        'calendar.busy.1.icalendar: busy/campaign.ics is not there; did you mean "busy/campaigns.ics"?',
    },
    {
      rule: 'are of services that are there',
      ...withBusy('    - { icalendar: campaigns.ics, services: [wep] }'),
      problem: 'calendar.busy.0.services.0: wep is not a service of the catalog; did you mean "web"?',
    },
  ]);
});

const TIME = 'must be a time in quotes, such as "09:00", up to "24:00"';
const DATE = 'must be a date, or a date and a time, such as 2026-12-18T18:00';

const broken = (rule: string, written: string, problem: string) => ({
  rule,
  ...calendarOf(`calendar:\n  ${written}`),
  at: written,
  problem: `calendar.${problem}`,
});

describe('a calendar that cannot be meant', () => {
  testBroken([
    broken(
      'names a time zone',
      'timeZone: Berlin',
      'timeZone: must be a time zone of the IANA database, such as Europe/Berlin',
    ),
    broken(
      'has a time zone with summers',
      'timeZone: "+01:00"',
      'timeZone: must be a time zone of the IANA database, such as Europe/Berlin',
    ),
    broken(
      'names environments that are there',
      'environments: [prod]',
      'environments.0: prod is not an environment; known: production',
    ),
    broken('has windows with times', 'windows: [{ from: 9, to: "10:00" }]', `windows.0.from: must be a text`),
    broken(
      'has windows with times of the day',
      'windows: [{ from: "9:00", to: "10:00" }]',
      `windows.0.from: ${TIME}`,
    ),
    broken(
      'has no time after midnight',
      'windows: [{ from: "09:00", to: "24:30" }]',
      `windows.0.to: ${TIME}`,
    ),
    broken(
      'begins before midnight',
      'windows: [{ from: "24:00", to: "10:00" }]',
      'windows.0.from: must be before "24:00"',
    ),
    broken(
      'ends after midnight',
      'windows: [{ from: "22:00", to: "00:00" }]',
      'windows.0.to: must be after "00:00": write "24:00" for midnight',
    ),
    broken(
      'has windows that are open for a time',
      'windows: [{ from: "09:00", to: "09:00" }]',
      'windows.0.to: must not be the time it opens: write "00:00" to "24:00" for whole days',
    ),
    broken(
      'has windows on days of the week',
      'windows: [{ days: [monday], from: "09:00", to: "10:00" }]',
      'windows.0.days.0: must be one of mon, tue, wed, thu, fri, sat, sun',
    ),
    broken(
      'has windows on some day',
      'windows: [{ days: [], from: "09:00", to: "10:00" }]',
      'windows.0.days: needs at least 1',
    ),
    broken(
      'has windows of services that are there',
      'windows: [{ from: "09:00", to: "10:00", services: [chekout] }]',
      'windows.0.services.0: chekout is not a service of the catalog; did you mean "checkout"?',
    ),
    broken(
      'has freezes of services that are there',
      'freezes: [{ name: x, from: 2026-12-18, until: 2026-12-19, services: [cart, carrot] }]',
      'freezes.0.services.1: carrot is not a service of the catalog; did you mean "cart"?',
    ),
    broken(
      'has freezes of some service',
      'freezes: [{ name: x, from: 2026-12-18, until: 2026-12-19, services: [] }]',
      'freezes.0.services: needs at least 1',
    ),
    broken(
      'has freezes with a name',
      'freezes: [{ from: 2026-12-18, until: 2026-12-19 }]',
      'freezes.0.name: is missing: write a text',
    ),
    broken(
      'has freezes with dates',
      'freezes: [{ name: x, from: 18.12.2026, until: 2026-12-19 }]',
      `freezes.0.from: ${DATE}`,
    ),
    broken(
      'has freezes on days that are there',
      'freezes: [{ name: x, from: 2027-02-28, until: 2027-02-30 }]',
      `freezes.0.until: ${DATE}`,
    ),
    broken(
      'has freezes at times that are there',
      'freezes: [{ name: x, from: 2027-02-28T24:00, until: 2027-03-30 }]',
      `freezes.0.from: ${DATE}`,
    ),
    broken(
      'says times on its own clocks',
      'freezes: [{ name: x, from: 2027-02-28T12:00Z, until: 2027-03-30 }]',
      `freezes.0.from: ${DATE}`,
    ),
    broken(
      'has freezes that end after they begin',
      'freezes: [{ name: x, from: 2026-12-18T18:00, until: 2026-12-18T18:00 }]',
      'freezes.0.until: must be after from: a freeze is over when this begins',
    ),
  ]);
});

test('a service may have a time zone of its own, which must be one', async () => {
  const service = (zone: string) => ({
    file: 'catalog/services.yaml',
    replace: 'countersign.dev/service-tier: "1"',
    by: `countersign.dev/service-tier: "1"\n    countersign.dev/time-zone: ${zone}`,
  });
  const folder = await edited(service('America/New_York'));
  const { services } = loaded(await loadInstallation(folder, STOREFRONT_ENV, cedar));
  expect(Object.values(services).map(({ timeZone }) => timeZone)).toContain('America/New_York');
  expect(await faultsOf(await edited(service('Berlin')))).toMatchObject([
    { problem: expect.stringContaining('must be a time zone of the IANA database') },
  ]);
});

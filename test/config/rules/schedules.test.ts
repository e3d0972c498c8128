import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { onCallAt } from '../../../src/domain/calendar/on-call-schedule.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf } from '../broken.ts';

const file = 'countersign.yaml';
const problemsOf = async (folder: string) => (await faultsOf(folder)).map(({ problem }) => problem);

const withSchedules = async (schedules: string, files: Readonly<Record<string, string>> = {}) => {
  const folder = await edited({
    file,
    replace: 'admitWithin: 15m',
    by: `admitWithin: 15m\nschedules:\n${schedules}`,
  });
  if (Object.keys(files).length > 0) await mkdir(join(folder, 'schedules'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'schedules', name), text);
  return folder;
};
const event = (...lines: readonly string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\n');
const calendar = (...events: readonly string[]) => ['BEGIN:VCALENDAR', ...events, 'END:VCALENDAR'].join('\n');
const imported = '  sre: { timeZone: Europe/Berlin, icalendar: sre.ics }\n';

describe('an on-call schedule', () => {
  test.each([
    [
      'a person who is not there',
      '  sre: { timeZone: UTC, rotation: { people: [linus, nor], from: 2026-01-05, every: 24h } }',
      ['schedules.sre.rotation.people.1: nor is not a person of the catalog; did you mean "noor"?'],
    ],
    [
      'turns that are too short',
      '  sre: { timeZone: UTC, rotation: { people: [linus], from: 2026-01-05, every: 3h } }',
      ['schedules.sre.rotation.every: must be whole hours, 4h at least, such as 12h or 168h (a week)'],
    ],
    [
      'an override that is over before it begins',
      '  sre:\n    timeZone: UTC\n    rotation: { people: [linus], from: 2026-01-05, every: 24h }\n    overrides: [{ from: 2026-02-02, until: 2026-02-01, person: noor }]',
      ['schedules.sre.overrides.0.until: must be after from: an override is over when this begins'],
    ],
    ['nobody in it', '  sre: { timeZone: UTC }', ['schedules.sre: needs a rotation, an icalendar or both']],
    [
      'a time zone that is none',
      '  sre: { timeZone: Berlin, icalendar: sre.ics }',
      ['schedules.sre.timeZone: must be a time zone of the IANA database, such as Europe/Berlin'],
    ],
    [
      'a file that is not there',
      imported,
      ['schedules.sre.icalendar: schedules/sre.ics is not there; none is known here'],
    ],
  ])('with %s is refused', async (_, schedules, problems) => {
    expect(await problemsOf(await withSchedules(`${schedules}\n`))).toEqual(problems);
  });

  test('is imported from iCalendar: by name, display name or address, and countersign.yaml counts over it', async () => {
    const folder = await withSchedules(
      `${imported.replace(' }\n', ', overrides: [{ from: 2036-01-08T10:00, until: 2036-01-08T11:00, person: nobody }] }\n')}`,
      {
        'sre.ics': calendar(
          event('SUMMARY:On Call - Linus Brandt - SRE', 'DTSTART:20360107T090000', 'DTEND:20360108T090000'),
          event('SUMMARY:noor@storefront.example', 'DTSTART:20360108T090000', 'DTEND:20360109T090000'),
          event('SUMMARY:ada', 'DTSTART:20360109T090000', 'DTEND:20360110T090000'),
          event('SUMMARY:Nobody', 'DTSTART:20360110T090000', 'DTEND:20360111T090000'),
        ),
      },
    );
    const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    const { sre } = loaded.installation.rules.schedules ?? {};
    const at = (text: string) => sre && onCallAt(sre, Date.parse(`${text}+01:00`));
    expect(['2036-01-07T09:00', '2036-01-08T09:00', '2036-01-09T12:00', '2036-01-10T12:00'].map(at)).toEqual([
      'linus',
      'noor',
      'ada',
      undefined,
    ]);
    expect([at('2036-01-08T10:30'), at('2036-01-07T08:59')]).toEqual([undefined, undefined]);
  });

  test.each([
    [
      'nobody',
      'Team lunch',
      'the event "Team lunch" names nobody of the catalog: put a name or an address of it there, or "nobody"',
    ],
    [
      'several people',
      'linus and noor',
      'the event "linus and noor" names several people (linus, noor): name one',
    ],
    [
      'a part of a name',
      'adaptive',
      'the event "adaptive" names nobody of the catalog: put a name or an address of it there, or "nobody"',
    ],
  ])('with an event of %s is refused', async (_, summary, problem) => {
    const text = calendar(event(`SUMMARY:${summary}`, 'DTSTART:20360107T090000', 'DTEND:20360108T090000'));
    const folder = await withSchedules(imported, { 'sre.ics': text });
    expect(await faultsOf(folder)).toEqual([{ file: 'schedules/sre.ics', line: 3, problem }]);
  });

  test('whose file nobody names is found', async () => {
    const rotation =
      '  sre: { timeZone: UTC, rotation: { people: [linus], from: 2026-01-05, every: 24h } }\n';
    const folder = await withSchedules(rotation, { 'dba.ics': calendar() });
    expect(await faultsOf(folder)).toEqual([
      {
        file: 'schedules/dba.ics',
        line: 1,
        problem: 'belongs to no schedule: name it as icalendar of one in countersign.yaml, or remove it',
      },
    ]);
  });

  test('is a part of the rules: what changes it changes their digest', async () => {
    const digestOf = async (summary: string) => {
      const text = calendar(event(`SUMMARY:${summary}`, 'DTSTART:20360107T090000', 'DTEND:20360108T090000'));
      const loaded = await loadInstallation(
        await withSchedules(imported, { 'sre.ics': text }),
        STOREFRONT_ENV,
        cedar,
      );
      return loaded.kind === 'loaded' ? loaded.installation.digests.policy : loaded.faults;
    };
    expect(await digestOf('linus')).toBe(await digestOf('linus'));
    expect(await digestOf('linus')).not.toBe(await digestOf('noor'));
  });
});

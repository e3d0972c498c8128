import { folderBudget } from '../../../src/config/calendars/icalendar-budget.ts';
import { completeSchedules } from '../../../src/config/rules/schedules.ts';
import { parseYaml } from '../../../src/config/source/yaml-files.ts';
import { onCallAt } from '../../../src/domain/calendar/on-call-schedule.ts';
import type { Person } from '../../../src/domain/installation/person.ts';

export const person = (name: string, displayName: string, email = `${name}@storefront.example`): Person => ({
  name,
  displayName,
  email,
  keys: [],
});

const PEOPLE = [person('ada', 'Ada Okoye'), person('linus', 'Linus Brandt'), person('noor', 'Noor Haddad')];

/**
 * Who is on call at these times, by the clocks of Berlin in winter, where a schedule is this file alone: `nobody` for nobody.
 * Where the file is not read, what is wrong with it, each with its line.
 */
export function onCall(
  text: string,
  times: readonly string[],
  people: readonly Person[] = PEOPLE,
): readonly string[] {
  const [source] = parseYaml('countersign.yaml', 'schedules: {}').sources;
  if (!source) throw new Error('countersign.yaml is not read');
  const { schedules, faults } = completeSchedules(
    source,
    { sre: { timeZone: 'Europe/Berlin', icalendar: 'sre.ics', overrides: [] } },
    { 'schedules/sre.ics': text },
    Object.fromEntries(people.map((each) => [each.name, each])),
    {
      since: Date.parse('2036-01-01T00:00Z'),
      horizon: Date.parse('2041-01-01T00:00Z'),
      budget: folderBudget(),
    },
  );
  if (faults.length > 0) return faults.map(({ line, problem }) => `${line}: ${problem}`);
  const { sre } = schedules;
  return times.map((time) => (sre && onCallAt(sre, Date.parse(`${time}+01:00`))) ?? 'nobody');
}

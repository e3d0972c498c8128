import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { membersOf } from '../../domain/installation/directory.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import type { ReportSettings } from '../../domain/reports/settings.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { DAYS, timeOfDay } from '../calendars/calendar.ts';
import { timeZone } from '../catalog/entity.ts';
import type { ConfigFault } from '../source/fault.ts';
import { key, strict } from '../source/schema.ts';
import type { Source } from '../source/yaml-files.ts';
import { peopleRef } from './people-ref.ts';

const at = key(
  timeOfDay.refine((minute) => minute < 24 * 60, 'must be before "24:00"'),
  'When it is sent.',
  '"08:00"',
);

const weekly = strict({
  on: key(
    z.enum(DAYS),
    'The day of the week. It is about the week from Monday to Sunday that ended last.',
    'mon',
  ),
  at,
}).transform(({ on: weekday, at: minute }) => ({ weekday, minute }));

const monthly = strict({
  on: key(
    z.number().int().min(1).max(28, 'must be at most 28, which every month has'),
    'The day of the month, 28 at most. It is about the month that ended last.',
    '1',
  ),
  at,
}).transform(({ on: day, at: minute }) => ({ day, minute }));

/** The member `reports:` of countersign.yaml. */
export const reportsSchema: z.ZodType<ReportSettings> = strict({
  timeZone: key(
    timeZone.default('UTC'),
    'The clocks of all times here. Weeks and months begin by them too.',
    'Europe/Berlin',
  ),
  to: key(z.array(peopleRef).min(1), 'Who gets the mails.', '[group:engineering]'),
  folder: key(
    z.string().refine(isAbsolute, 'must be a whole path, such as /var/lib/countersign/reports').optional(),
    'A folder on the machines of the workers, into which each report is written as text, page and JSON. Without it, reports are only mailed.',
    '/var/lib/countersign/reports',
  ),
  weekly: key(weekly.optional(), 'The weekly audit. Without it, it is not sent.'),
  monthly: key(
    monthly.optional(),
    'The monthly account of each action that touched production. Without it, it is not sent.',
  ),
}).refine(({ weekly, monthly }) => weekly ?? monthly, 'needs weekly, monthly or both');

/** Notes that reports are mailed and nobody gets them. */
export function mailedToNobody(
  source: Source,
  reports: ReportSettings | undefined,
  installation: Installation,
): ConfigFault[] {
  if (!reports) return [];
  const people = reports.to.flatMap((ref) => membersOf(installation, ref));
  if (people.some((name) => lookup(installation.people, name)?.email)) return [];
  const problem = 'nobody in it has a mail address in the catalog: the reports are mailed to nobody';
  return [source.fault(['reports', 'to'], problem)];
}

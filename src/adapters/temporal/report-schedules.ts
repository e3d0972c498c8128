import {
  type CalendarSpec,
  type Client,
  type DayOfWeek,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { REPORT_LEDGER, reportScheduleId } from '../../contract/ids.ts';
import { REPORT_KINDS, type ReportKind } from '../../domain/reports/period.ts';
import type { ReportSettings, Weekday } from '../../domain/reports/settings.ts';

/**
 * Has Temporal start each report when it is due, once for all workers of a task queue, as the installation says now: a report that it names no
 * more is not started again. Operators can pause a schedule or trigger it in Temporal's UI; it stays as they left it.
 */
export async function scheduleReports(
  client: Client,
  taskQueue: string,
  settings: ReportSettings | undefined,
): Promise<void> {
  for (const kind of REPORT_KINDS) {
    const calendar = settings && calendarOf(settings, kind);
    const scheduleId = reportScheduleId(kind, taskQueue);
    if (!calendar) await removed(client, scheduleId);
    else await scheduled(client, { scheduleId, kind, taskQueue, calendar, timezone: settings.timeZone });
  }
}

function calendarOf({ weekly, monthly }: ReportSettings, kind: ReportKind): CalendarSpec | undefined {
  if (kind === 'weekly') return weekly && { ...timeOf(weekly.minute), dayOfWeek: WEEKDAYS[weekly.weekday] };
  return monthly && { ...timeOf(monthly.minute), dayOfMonth: monthly.day };
}

const WEEKDAYS: Readonly<Record<Weekday, DayOfWeek>> = {
  mon: 'MONDAY',
  tue: 'TUESDAY',
  wed: 'WEDNESDAY',
  thu: 'THURSDAY',
  fri: 'FRIDAY',
  sat: 'SATURDAY',
  sun: 'SUNDAY',
};

const timeOf = (minute: number) => ({ hour: Math.floor(minute / 60), minute: minute % 60 });

async function scheduled(
  client: Client,
  {
    scheduleId,
    kind,
    taskQueue,
    calendar,
    timezone,
  }: { scheduleId: string; kind: ReportKind; taskQueue: string; calendar: CalendarSpec; timezone: string },
): Promise<void> {
  const options = {
    spec: { calendars: [calendar], timezone },
    // The report is about the last period that is over, so one that comes late is still right for some days.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '5 days' },
    action: {
      type: 'startWorkflow',
      workflowType: REPORT_LEDGER,
      workflowId: scheduleId,
      taskQueue,
      args: [kind],
      staticSummary: `send the ${kind} report`,
    },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
  try {
    await client.schedule.create({ scheduleId, ...options });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update(({ state }) => ({ ...options, state }));
  }
}

async function removed(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

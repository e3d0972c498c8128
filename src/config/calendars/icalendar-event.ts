import {
  allOf,
  type CalendarProblem,
  type Component,
  calendarText,
  firstOf,
  misspelt,
  type Property,
} from './icalendar-lines.ts';
import { ruleOf } from './icalendar-rules.ts';
import {
  atOf,
  type Clocks,
  calendarDurationOf,
  DAY,
  formProblem,
  isProblem,
  type Length,
  repeated,
  type Time,
  timeOf,
  timesOf,
} from './icalendar-times.ts';
import type { Rule } from './recurrence.ts';

/** An event of a calendar (RFC 5545, 3.6.1), with everything that says when it is and whose it is. */
export interface CalendarEvent {
  readonly line: number;
  readonly uid?: string | undefined;
  /** The summary on one line. */
  readonly summary?: string | undefined;
  /** The line of the summary, or of the event if it has no summary. */
  readonly summaryLine: number;
  readonly start: Time;
  readonly length: Length;
  readonly rules: readonly { readonly rule: Rule; readonly line: number }[];
  /** Additional dates of the event (RDATE). */
  readonly dates: readonly Time[];
  /** Dates on which the event is not (EXDATE); a date without a time means the whole day. */
  readonly leftOut: readonly Time[];
  /** The occurrence of another event that this one replaces, and whether it replaces all later ones as well. */
  readonly replaces?: { readonly id: Time; readonly andLater: boolean } | undefined;
  readonly status: Status;
  /** Of several revisions the latest one counts: by SEQUENCE, then by DTSTAMP. */
  readonly revision: readonly [sequence: number, stamp: string];
  readonly component: Component;
}

const STATUSES = ['CONFIRMED', 'TENTATIVE', 'CANCELLED'] as const;
type Status = (typeof STATUSES)[number];

const NO_TIME: Length = { onClock: 0, exact: 0 };

const ONCE = [
  'dtstart',
  'dtend',
  'duration',
  'recurrence-id',
  'uid',
  'summary',
  'status',
  'sequence',
  'dtstamp',
  'organizer',
];

/** Reads an event, or returns every fault of its dates. */
export function readEvent(component: Component, clocks: Clocks): CalendarEvent | readonly CalendarProblem[] {
  const problems: CalendarProblem[] = [
    ...misspelt(component),
    ...repeated(component, ONCE),
    ...notRead(component),
  ];
  const readOrNote = <Read extends object>(result: Read | CalendarProblem | undefined): Read | undefined => {
    if (!result || !isProblem(result)) return result;
    problems.push(result);
    return undefined;
  };
  const time = (name: string) => {
    const property = firstOf(component, name);
    return property && readOrNote(timeOf(property, clocks));
  };
  const allTimes = (name: string) =>
    allOf(component, name)
      .filter((property) => !isPeriod(property))
      .flatMap((property) => timesOf(property, clocks).flatMap((date) => readOrNote(date) ?? []));
  const start = time('dtstart');
  const status = readOrNote(statusOf(component));
  const sequence = readOrNote(sequenceOf(component));
  const dates = allTimes('rdate');
  const leftOut = allTimes('exdate');
  const end = time('dtend');
  const replaces = replacedBy(component, time('recurrence-id'), problems);
  if (!firstOf(component, 'dtstart'))
    problems.push({ line: component.line, problem: 'has no begin: write DTSTART' });
  if (!start || !status || !sequence || problems.length > 0) return problems;

  const refuse = ({ line }: { readonly line: number }, problem: string | undefined) => {
    if (problem !== undefined) problems.push({ line, problem });
  };
  for (const date of [...(end ? [end] : []), ...dates]) refuse(date, formProblem(date, start));
  for (const date of leftOut) if (date.form !== 'date') refuse(date, formProblem(date, start));
  const rules = allOf(component, 'rrule').flatMap((property) => {
    const rule = readOrNote(
      ruleOf(property, start, (text) => untilOf(timeOf(property, clocks, text), start)),
    );
    return rule ? [{ rule, line: property.line }] : [];
  });
  if (replaces && (rules.length > 0 || dates.length > 0))
    refuse(rules[0] ?? component, 'stands for one occurrence (RECURRENCE-ID) and may not recur');
  // A cancelled event takes no time: some calendars write its end equal to its start.
  const length = status.status === 'CANCELLED' ? NO_TIME : readOrNote(lengthOf(component, start, end));
  if (!length || problems.length > 0) return problems;

  const summary = calendarText(component, 'summary');
  return {
    line: component.line,
    uid: calendarText(component, 'uid'),
    summary,
    summaryLine: firstOf(component, 'summary')?.line ?? component.line,
    start,
    length,
    rules,
    dates,
    leftOut,
    replaces,
    status: status.status,
    revision: [sequence.number, calendarText(component, 'dtstamp') ?? ''],
    component,
  };
}

const isPeriod = ({ written }: Property) => written.includes('/');

/** Returns the properties that would change the time of the event and that are not read here. */
function notRead(component: Component): CalendarProblem[] {
  const WRITE = 'write RRULE and EXDATE';
  const refusals: Readonly<Record<string, string>> = {
    exrule: `EXRULE is not read here: ${WRITE}`,
    'x-microsoft-rrule': `X-MICROSOFT-RRULE, a rule of another calendar than the Gregorian, is not read here: ${WRITE}`,
    'x-microsoft-exdate': `X-MICROSOFT-EXDATE is not read here: ${WRITE}`,
  };
  const periods = allOf(component, 'rdate').filter(isPeriod);
  return [
    ...component.properties.flatMap(({ name, line }) => {
      const problem = refusals[name];
      return problem === undefined ? [] : [{ line, problem }];
    }),
    ...periods.map(({ line }) => ({ line, problem: 'periods are not read here: write dates' })),
  ];
}

function statusOf(component: Component): { readonly status: Status } | CalendarProblem {
  const property = firstOf(component, 'status');
  if (!property) return { status: 'CONFIRMED' };
  const status = STATUSES.find((candidate) => candidate === property.written.trim().toUpperCase());
  return status
    ? { status }
    : {
        line: property.line,
        problem: `${property.written} is no status of an event: write ${STATUSES.join(', ')}`,
      };
}

function sequenceOf(component: Component): { readonly number: number } | CalendarProblem {
  const property = firstOf(component, 'sequence');
  const text = property?.written.trim() ?? '0';
  return property && !/^\d{1,9}$/.test(text)
    ? { line: property.line, problem: `${text} is no number of a revision: write 0 or more` }
    : { number: Number(text) };
}

function replacedBy(
  component: Component,
  id: Time | undefined,
  problems: CalendarProblem[],
): CalendarEvent['replaces'] {
  const property = firstOf(component, 'recurrence-id');
  if (!property) return undefined;
  const range = property.params.range;
  const andLater = String(range ?? '').toUpperCase() === 'THISANDFUTURE';
  const { line } = property;
  if (range !== undefined && !andLater)
    problems.push({ line, problem: `RANGE=${range} is not read here: write RANGE=THISANDFUTURE or none` });
  if (calendarText(component, 'uid') === undefined)
    problems.push({ line: component.line, problem: 'has no UID: write that of the event that it changes' });
  return id && { id, andLater };
}

/** Returns UNTIL in the local time of the start. */
function untilOf(until: Time | CalendarProblem, start: Time): number | CalendarProblem {
  if (isProblem(until)) return until;
  const problem = formProblem(until, start, 'UNTIL ');
  if (problem !== undefined) return { line: until.line, problem };
  return until.form === 'moment' ? onClockOf(start, atOf(until)) : until.local;
}

/** Returns the local time at a moment, on the clock of another time. */
export const onClockOf = ({ offsetAt }: Time, at: number): number => at + offsetAt(at);

/** Returns the local time from the start to the end, on the clock of the start. */
const timeBetween = (start: Time, end: Time): number =>
  (end.offsetAt === start.offsetAt ? end.local : onClockOf(start, atOf(end))) - start.local;

/**
 * Returns the length in local time. So a freeze that ends on Monday at eight ends at eight in every week, even if the clocks change in
 * between.
 */
function lengthOf(component: Component, start: Time, end: Time | undefined): Length | CalendarProblem {
  const durationProperty = firstOf(component, 'duration');
  if (end && durationProperty)
    return { line: durationProperty.line, problem: 'has DTEND and DURATION: keep one of them' };
  if (!end && !durationProperty)
    return start.form === 'date'
      ? { onClock: DAY, exact: 0 }
      : { line: component.line, problem: 'has no end: write DTEND or DURATION' };
  const length = durationProperty
    ? calendarDurationOf(durationProperty)
    : { onClock: timeBetween(start, end ?? start), exact: 0 };
  if (isProblem(length)) return length;
  const { line } = durationProperty ?? end ?? start;
  if (start.form === 'date' && length.exact !== 0)
    return { line, problem: 'must be whole days, such as P2D, as DTSTART is a date' };
  return length.onClock + length.exact > 0
    ? length
    : { line, problem: 'ends before it begins: nothing would be frozen' };
}

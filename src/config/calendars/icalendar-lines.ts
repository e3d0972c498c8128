import ICAL from 'ical.js';
import { type ConfigFault, closestOf, hint } from '../source/fault.ts';

/** One line of an iCalendar file (RFC 5545, 3.1), unfolded. */
export interface Property {
  /** In lower case. */
  readonly name: string;
  readonly line: number;
  /** By name in lower case. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The type of the value, for example `date-time`. */
  readonly type: string;
  /** The text after the colon, as written. */
  readonly written: string;
  /** The value as in jCal (RFC 7265); a text is without escapes. */
  readonly value: unknown;
}

/** A problem in an iCalendar file, with its line. */
export interface CalendarProblem {
  readonly line: number;
  readonly problem: string;
}

/** The part of a calendar between BEGIN and END. */
export interface Component {
  /** In capital letters. */
  readonly name: string;
  readonly line: number;
  readonly properties: readonly Property[];
  readonly components: readonly Component[];
}

interface Opened extends Component {
  readonly properties: Property[];
  readonly components: Component[];
}

const MOST_FAULTS = 50;
/** The most levels of nested components. RFC 5545 has three. */
const MOST_DEPTH = 10;

/** The components that may be inside each component. A name that begins with X- may be anywhere, and is not read. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  VCALENDAR: ['VEVENT', 'VTIMEZONE', 'VTODO', 'VJOURNAL'],
  VEVENT: ['VALARM', 'PARTICIPANT', 'VLOCATION', 'VRESOURCE'],
};
/** The properties that change when an event is, or whose it is. A name that is similar to one of these is a spelling mistake. */
const READ = [
  'DTSTART',
  'DTEND',
  'DURATION',
  'RRULE',
  'RDATE',
  'EXDATE',
  'EXRULE',
  'RECURRENCE-ID',
  'UID',
  'SEQUENCE',
  'STATUS',
  'SUMMARY',
  'ATTENDEE',
  'ORGANIZER',
  'METHOD',
  'CALSCALE',
  'VERSION',
  'TZID',
  'TZOFFSETFROM',
  'TZOFFSETTO',
];
const LONGEST_READ = 20;
/**
 * Returns the known names with the same first or last letter, because a spelling mistake usually keeps one of them. This makes the
 * comparison of all names in a long file fast.
 */
const similarNames = (name: string) =>
  READ.filter(
    (readName) =>
      readName.at(0) === name.at(0)?.toUpperCase() || readName.at(-1) === name.at(-1)?.toUpperCase(),
  );
const isKnown = (name: string) =>
  name.startsWith('x-') || Object.hasOwn(ICAL.design.icalendar.property, name);
/** How ical.js reads values, except for recurrence rules: icalendar-rules.ts reads those. */
const DESIGN = { ...ICAL.design.defaultSet, value: { ...ICAL.design.defaultSet.value, recur: {} } };
const NOT_EVENTS = ['VFREEBUSY', 'VAVAILABILITY', 'VPOLL'];

/**
 * Parses an iCalendar file into its calendar, with the line of everything in it. Returns the faults instead when a line is not iCalendar or
 * a component does not end.
 */
export function readLines(
  file: string,
  text: string,
): { readonly calendar?: Component; readonly faults: readonly ConfigFault[] } {
  const faults: ConfigFault[] = [];
  const refuse = (line: number, problem: string) => faults.push({ file, line, problem });
  const calendars: Opened[] = [];
  const openComponents: Opened[] = [];
  for (const { line, content } of unfold(text)) {
    if (faults.length >= MOST_FAULTS) break;
    const [, keyword, nameText = ''] = /^(BEGIN|END):(.*)$/i.exec(content) ?? [];
    const name = nameText.trim().toUpperCase();
    const parent = openComponents.at(-1);
    if (keyword?.toUpperCase() === 'BEGIN') {
      const component: Opened = { name, line, properties: [], components: [] };
      (parent?.components ?? calendars).push(component);
      const problem = parent && placementProblem(name, parent.name);
      if (problem !== undefined) refuse(line, problem);
      if (openComponents.length >= MOST_DEPTH) {
        refuse(line, `BEGIN:${name} stands in ${MOST_DEPTH} others: this is no calendar`);
        return { faults };
      }
      openComponents.push(component);
    } else if (keyword) {
      openComponents.pop();
      if (parent?.name !== name) {
        refuse(line, `END:${nameText} ends what did not begin here`);
        return { faults };
      }
    } else if (parent) {
      const property = propertyOf(content, line);
      if (typeof property === 'string') refuse(line, property);
      else parent.properties.push(property);
    } else refuse(line, 'stands outside of BEGIN:VCALENDAR and END:VCALENDAR');
  }
  for (const { name, line } of openComponents)
    if (faults.length < MOST_FAULTS) refuse(line, `BEGIN:${name} has no END:${name}`);

  const [calendar, second] = calendars;
  if (calendar?.name !== 'VCALENDAR')
    refuse(calendar?.line ?? 1, 'is no calendar: it must begin with BEGIN:VCALENDAR');
  if (second) refuse(second.line, 'is a second calendar: write it in a file of its own');
  return calendar && faults.length === 0 ? { calendar, faults } : { faults };
}

/** Joins continued lines: a line that begins with a blank continues the one before it. */
function* unfold(text: string): Generator<{ readonly line: number; readonly content: string }> {
  let openLine: { line: number; parts: string[] } | undefined;
  for (const [i, lineText] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (/^[ \t]/.test(lineText) && openLine) openLine.parts.push(lineText.slice(1));
    else if (lineText !== '') {
      if (openLine) yield { line: openLine.line, content: openLine.parts.join('') };
      openLine = { line: i + 1, parts: [lineText] };
    }
  }
  if (openLine) yield { line: openLine.line, content: openLine.parts.join('') };
}

/** Returns the misspelt property names. Such a property would otherwise be ignored without notice. */
export const misspelt = ({ properties }: Component): CalendarProblem[] =>
  properties.flatMap(({ name, line }) => {
    const suggestion =
      isKnown(name) || name.length > LONGEST_READ ? undefined : closestOf(name, similarNames(name));
    if (suggestion === undefined) return [];
    return [
      { line, problem: `${name.toUpperCase()} is no property of iCalendar; did you mean "${suggestion}"?` },
    ];
  });

function placementProblem(name: string, parentName: string): string | undefined {
  const allowedNames = KNOWN[parentName];
  if (NOT_EVENTS.includes(name)) return `${name} is not read here: export events (VEVENT)`;
  if (!allowedNames) return name === 'VEVENT' ? `VEVENT may not stand in ${parentName}` : undefined;
  if (allowedNames.includes(name) || name.startsWith('X-')) return undefined;
  return `BEGIN:${name} is not known in ${parentName}; ${hint(name, allowedNames)}`;
}

function propertyOf(content: string, line: number): Property | string {
  try {
    const [name, params, type, value] = ICAL.parse.property(content, DESIGN);
    return { name, line, params, type, value, written: content.replace(/^(?:[^":]|"[^"]*")*:/, '') };
  } catch (error) {
    return `this is not a line of iCalendar: ${messageOf(error).slice(0, 200)}`;
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

export const allOf = ({ properties }: Component, name: string): readonly Property[] =>
  properties.filter((property) => property.name === name);

export const firstOf = (component: Component, name: string): Property | undefined =>
  component.properties.find((property) => property.name === name);

/** Returns the text of a property on one line, without the blanks around it; undefined when there is none. */
export const calendarText = (component: Component, name: string): string | undefined =>
  String(firstOf(component, name)?.value ?? '')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim() || undefined;

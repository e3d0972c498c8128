import ICAL from 'ical.js';
import type { ConfigFault } from './fault.ts';

/** Where an event is written. */
export interface EventLines {
  readonly line: number;
  /** The lines on which its properties begin, by name in lower case. */
  readonly properties: ReadonlyMap<string, readonly number[]>;
}

interface Opened {
  readonly name: string;
  readonly line: number;
  readonly properties: Map<string, number[]>;
}

/** Checks the lines of an iCalendar file, each by itself, and that what begins ends; finds where its events are. */
export function scanLines(
  file: string,
  text: string,
): {
  /** Unfolded. */
  readonly lines: readonly string[];
  readonly events: readonly EventLines[];
  readonly faults: readonly ConfigFault[];
} {
  const faults: ConfigFault[] = [];
  const calendars: Opened[] = [];
  const events: Opened[] = [];
  const open: Opened[] = [];
  const refuse = (line: number, problem: string) => faults.push({ file, line, problem });

  const unfolded = unfold(text);
  const lines = unfolded.map(({ content }) => content);

  for (const { line, content } of unfolded) {
    const [, what, name = ''] = /^(BEGIN|END):(.*)$/i.exec(content) ?? [];
    if (what?.toUpperCase() === 'BEGIN') {
      const begun = { name: name.toUpperCase(), line, properties: new Map<string, number[]>() };
      if (open.length === 0) calendars.push(begun);
      else if (open.length === 1 && begun.name === 'VEVENT') events.push(begun);
      open.push(begun);
    } else if (what) {
      const { name: begun } = open.pop() ?? {};
      if (begun !== name.toUpperCase()) {
        refuse(line, `END:${name} ends what did not begin here`);
        return { lines, events, faults };
      }
    } else {
      const { properties } = open.at(-1) ?? {};
      const problem = properties ? problemOf(content) : 'stands outside of BEGIN:VCALENDAR and END:VCALENDAR';
      if (problem !== undefined) refuse(line, problem);
      const property = content.split(/[;:]/, 1)[0]?.toLowerCase() ?? '';
      properties?.set(property, [...(properties.get(property) ?? []), line]);
    }
  }
  for (const { name, line } of open) refuse(line, `BEGIN:${name} has no END:${name}`);
  const [first, second] = calendars;
  if (first?.name !== 'VCALENDAR')
    refuse(first?.line ?? 1, 'is no calendar: it must begin with BEGIN:VCALENDAR');
  if (second) refuse(second.line, 'is a second calendar: write it in a file of its own');
  return { lines, events, faults };
}

/** A line that begins with a blank goes on with the one before it (RFC 5545, 3.1). */
function unfold(text: string): { line: number; content: string }[] {
  const unfolded: { line: number; content: string }[] = [];
  for (const [i, written] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const last = unfolded.at(-1);
    if (/^[ \t]/.test(written) && last) last.content += written.slice(1);
    else if (written !== '') unfolded.push({ line: i + 1, content: written });
  }
  return unfolded;
}

function problemOf(line: string): string | undefined {
  try {
    ICAL.parse.property(line, ICAL.design.defaultSet);
    return undefined;
  } catch (error) {
    return `this is not a line of iCalendar: ${error instanceof Error ? error.message : error}`;
  }
}

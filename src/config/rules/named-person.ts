import type { Person } from '../../domain/installation/person.ts';
import type { CalendarEvent } from '../calendars/icalendar-event.ts';
import { allOf, type Property } from '../calendars/icalendar-lines.ts';

const NOBODY = 'nobody';

/** The person that an event of an on-call schedule names. */
export type NamedPerson =
  | { readonly kind: 'person'; readonly person: string }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'fault'; readonly line: number; readonly problem: string };

/** The ways in which people can be named. */
export interface Names {
  /** The people of each address. */
  readonly byAddress: ReadonlyMap<string, readonly string[]>;
  /** Names and display names, by their first word. */
  readonly byFirstWord: ReadonlyMap<string, readonly Spelling[]>;
}

interface Spelling {
  readonly written: string;
  /** The position of its first word. */
  readonly begin: number;
  readonly name: string;
}

export function namesOf(people: readonly Person[]): Names {
  const spellings = [
    ...people.flatMap(({ name, displayName }) =>
      [name, displayName].map((spelling) => ({ written: spelling, name })),
    ),
    { written: NOBODY, name: NOBODY },
  ].flatMap(({ written, name }) => {
    const text = fold(written).trim();
    const word = firstWord(text);
    return word ? [{ word: word[0], spelling: { written: text, begin: word.index, name } }] : [];
  });
  return {
    byAddress: grouped(people, ({ email, name }) => [fold(email), name]),
    byFirstWord: grouped(spellings, ({ word, spelling }) => [word, spelling]),
  };
}

function grouped<Each, Value>(
  items: readonly Each[],
  entryOf: (item: Each) => readonly [string, Value],
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const [key, value] of items.map(entryOf)) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}

/**
 * Returns the one person whom an event names: in its summary, by address, name or display name; otherwise, by address, as an attendee;
 * otherwise as the organizer.
 */
export function personNamedIn(event: CalendarEvent, names: Names): NamedPerson {
  const { summary = '', component, summaryLine: line } = event;
  const attendees = allOf(component, 'attendee').filter(isThere);
  const places = [
    () => namedIn(summary, names),
    () => attendees.flatMap((attendee) => ofAddress(attendee, names)),
    () => allOf(component, 'organizer').flatMap((organizer) => ofAddress(organizer, names)),
  ];
  for (const place of places) {
    const [first, ...more] = new Set(place());
    if (first === undefined) continue;
    if (more.length > 0) return { kind: 'fault', line, problem: severalIn(summary, [first, ...more]) };
    return first === NOBODY ? { kind: 'nobody' } : { kind: 'person', person: first };
  }
  const advice = `put a name or an address of it there, or "${NOBODY}"`;
  const eventText = summary === '' ? 'has no SUMMARY and' : quoted(summary);
  return { kind: 'fault', line, problem: `the event ${eventText} names nobody of the catalog: ${advice}` };
}

const severalIn = (summary: string, names: readonly string[]) =>
  `the event ${quoted(summary)} names several people (${names.join(', ')}): name one`;

const quoted = (summary: string) => JSON.stringify(summary.slice(0, 100));

/** An address, or any other word of characters that an address may contain. */
const TOKEN = /[\p{L}\p{N}\p{M}._%+'@-]+/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const firstWord = (text: string) => text.matchAll(WORD).next().value;

/** Returns the people whom a text names: by address, or if it contains no known address, by name. An unknown address names nobody. */
function namedIn(text: string, { byAddress, byFirstWord }: Names): readonly string[] {
  const foldedText = fold(text);
  const addresses = (foldedText.match(TOKEN) ?? []).filter((token) => token.includes('@'));
  const addressed = addresses.flatMap((token) => byAddress.get(token.replace(/^['.-]|['.-]$/g, '')) ?? []);
  if (addressed.length > 0) return addressed;
  const words = foldedText.replace(TOKEN, (token) => (token.includes('@') ? ' ' : token));
  const places = [...words.matchAll(WORD)].flatMap(({ 0: word, index }) =>
    (byFirstWord.get(word) ?? []).flatMap(({ written, begin, name }) => {
      const from = index - begin;
      const place = { from, to: from + written.length, name };
      return words.startsWith(written, from) && isWhole(words, place) ? [place] : [];
    }),
  );
  const isPartOf = (a: Place, b: Place) => b.from <= a.from && a.to <= b.to && a.to - a.from < b.to - b.from;
  return places
    .filter((place) => !places.some((otherPlace) => isPartOf(place, otherPlace)))
    .map(({ name }) => name);
}

/** Returns one spelling for letters that can be written in several ways. */
const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll('’', "'");

/** The position of a name in a text. */
interface Place {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

/** Whether a name is in the text as whole words: "Mary" is not in "primary", "jonas" is not in "jonas.meier". */
const isWhole = (text: string, { from, to }: Place): boolean =>
  !/[\p{L}\p{N}\p{M}_][.'-]?$/u.test(text.slice(Math.max(from - 4, 0), from)) &&
  !/^(?!'s(?![\p{L}\p{N}]))[.'-]?[\p{L}\p{N}\p{M}_]/u.test(text.slice(to, to + 6));

/** Whether an attendee is a person who comes: not one who declined, and not a room or a group. */
const isThere = ({ params }: Property): boolean => {
  const hasValue = (name: string, ...values: readonly string[]) =>
    values.includes(String(params[name] ?? '').toUpperCase());
  return (
    !hasValue('partstat', 'DECLINED') &&
    !hasValue('cutype', 'GROUP', 'RESOURCE', 'ROOM') &&
    !hasValue('role', 'NON-PARTICIPANT')
  );
};

function ofAddress({ written, params }: Property, { byAddress }: Names): readonly string[] {
  const addresses = [written, String(params.email ?? '')].map((address) =>
    fold(address.trim().replace(/^mailto:/i, '')),
  );
  return addresses.flatMap((address) => byAddress.get(address) ?? []);
}

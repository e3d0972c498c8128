import type { ParameterChange } from '../risk/parameter-change.ts';
import { numberText } from '../shared/shown-json.ts';
import { type Clause, quoted } from './agent-text.ts';
import { compareVersions, versionDirection, versionsOf } from './another-version.ts';
import type { Finding } from './finding.ts';
import { isHedged, isNounOf, isPastAt, verbAt } from './grammar.ts';
import type { Subject } from './subject.ts';
import { ADD, CAPACITY, FEWER, LOWER, MORE, RAISE, SCALE } from './words.ts';

type Direction = 'up' | 'down';

/** Words that say "more" where the number falls, or "less" where it rises. */
export function wrongDirections(
  subject: Subject,
  clauses: readonly Clause[],
  isElsewhere: (clause: Clause) => boolean,
): Finding[] {
  const { parameter, from, to } = subject;
  if (from === undefined || from.value === to) return [];
  const compares = `${parameter} ${to > from.value ? 'rises' : 'falls'} from ${numberText(from.value)} to ${numberText(to)}`;
  return against(
    clauses.filter((clause) => clause.place === 'summary' && !isElsewhere(clause)),
    ({ words }) => directionIn(subject, words),
    to > from.value ? 'up' : 'down',
    { parameter, compares },
  );
}

/** The same for versions: "upgrade" where the version falls. */
export const wrongVersionDirections = (
  changes: readonly ParameterChange[],
  clauses: readonly Clause[],
): Finding[] =>
  versionsOf(changes).flatMap(({ parameter, to, from }) => {
    if (from === undefined || compareVersions(to, from) === 0) return [];
    const isUp = compareVersions(to, from) > 0;
    return against(
      clauses.filter(({ place }) => place === 'summary'),
      ({ words }) => versionDirection(words),
      isUp ? 'up' : 'down',
      { parameter, compares: `${parameter} goes ${isUp ? 'up' : 'down'} from ${from} to ${to}` },
    );
  });

/** A text that also says the right thing is not held against itself. */
function against(
  clauses: readonly Clause[],
  directionOf: (clause: Clause) => Direction | undefined,
  direction: Direction,
  { parameter, compares }: { readonly parameter: string; readonly compares: string },
): Finding[] {
  if (clauses.some((clause) => directionOf(clause) === direction)) return [];
  return clauses
    .filter((clause) => directionOf(clause) !== undefined)
    .slice(0, 1)
    .map(({ text }) => ({
      kind: 'wrongDirection',
      parameter,
      weight: 3,
      text: `the agent writes ${quoted(text)}, but ${compares}`,
    }));
}

function directionIn(subject: Subject, words: readonly string[]): Direction | undefined {
  const says = (direction: Direction) => words.some((_, i) => saysAt(subject, words, i, direction));
  const [up, down] = [says('up'), says('down')];
  return up === down ? undefined : up ? 'up' : 'down';
}

function saysAt(subject: Subject, words: readonly string[], at: number, direction: Direction): boolean {
  if (isHedged(words.slice(0, at)) || isPastAt(words, at)) return false;
  const word = words[at] ?? '';
  const after = words.slice(at + 1, at + 6);
  if (verbAt(words, at, direction === 'up' ? RAISE : LOWER) !== undefined) {
    const isAbout = ADD.has(word) ? after.slice(0, 3) : after;
    return (
      isAbout.some((other) => isNounOf(subject, other)) ||
      (subject.isCount && words[at + 1] === subject.target) ||
      isPassive(subject, words, at)
    );
  }
  if (subject.isCount && verbAt(words, at, SCALE) !== undefined)
    return after.slice(0, 4).some((other) => (direction === 'up' ? UP : DOWN).has(other));
  const comparatives = direction === 'up' ? MORE : FEWER;
  if (!comparatives.has(word) || words.slice(at).includes('than') || words[at - 1] === 'any') return false;
  const isCapacity = subject.isCount && CAPACITY.has(after[0] ?? '');
  return isCapacity || isNounOf(subject, after[0]) || isNounOf(subject, words[at - 1]);
}

/** "The number of instances must be increased", "capacity must grow". */
const isPassive = (subject: Subject, words: readonly string[], at: number) =>
  ['be', 'must', 'should'].includes(words[at - 1] ?? '') &&
  words.slice(Math.max(0, at - 6), at).some((word) => isNounOf(subject, word));

const UP = new Set(['up', 'out']);
const DOWN = new Set(['down', 'in', 'back']);

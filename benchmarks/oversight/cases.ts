import { BAD_KINDS, PHASES, type Phase } from './bad-requests.ts';
import { AFTER_ROLLBACKS, CALM, IN_INCIDENT } from './good-requests.ts';
import type { Random } from './random.ts';
import type { Write } from './request.ts';
import { UNSEEN } from './unseen-requests.ts';

export interface Case {
  /** Says nothing of what it is: a study shows it. */
  readonly id: string;
  readonly phase: Phase;
  /** What is wrong with it. Absent: nothing. */
  readonly bad?: { readonly kind: string; readonly wrong: string };
  readonly write: Write;
}

/** How many good ones there are in each phase for one of each bad kind. In a freeze nothing is good. */
const GOOD = { calm: 13, incident: 2, afterRollbacks: 3, freeze: 0 } as const;
const WRITERS = { calm: CALM, incident: IN_INCIDENT, afterRollbacks: AFTER_ROLLBACKS, freeze: [] } as const;

/** @param each how many of each bad kind there are; as many good ones as bad ones come with them */
export function casesOf(random: Random, each: number): Case[] {
  const usual = BAD_KINDS.flatMap(({ kind, wrong, phase, ways }) =>
    times(each).map((n) => ({ phase, bad: { kind, wrong }, write: inTurn(ways, n) })),
  );
  return named(random, [...usual, ...goodOf(each)]);
}

/** The bad ones are those for which no rule was mended. Half as many good ones come with them. */
export const unseenCases = (random: Random): Case[] =>
  named(random, [
    ...UNSEEN.map(({ kind, write }) => ({
      phase: 'calm' as const,
      bad: { kind, wrong: BAD_KINDS.find((known) => known.kind === kind)?.wrong ?? kind },
      write,
    })),
    ...goodOf(1),
  ]);

const goodOf = (each: number) =>
  PHASES.flatMap((phase) =>
    times(each * GOOD[phase]).map((n) => ({ phase, write: inTurn(WRITERS[phase], n) })),
  );

const named = (random: Random, cases: readonly Omit<Case, 'id'>[]): Case[] =>
  random.shuffle(cases).map((one, n) => ({ ...one, id: `case-${String(n + 1).padStart(3, '0')}` }));

const times = (count: number) => Array.from({ length: count }, (_, n) => n);

function inTurn<T>(ways: readonly T[], n: number): T {
  const way = ways[n % ways.length];
  if (way === undefined) throw new RangeError('there is no way to write it');
  return way;
}

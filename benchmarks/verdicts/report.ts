import type { Verdict } from '../../src/domain/analysis/analysis-verdict.ts';
import { evidenceOf } from '../../src/domain/analysis/evidence.ts';
import { medianOf } from '../../src/domain/analysis/rank-test.ts';
import type { Replayed } from '../../src/domain/analysis/replay.ts';
import { Chance } from './chance.ts';
import { GAUGES, type Gauge, valuesOf } from './gauges.ts';
import { meet, SITUATIONS, type Situation } from './situations.ts';
import { boundWatched, gaugeWatched, watched } from './watched.ts';
import { zTestFinds } from './z-test.ts';

/** How often something said "worse". */
export interface Alarms {
  readonly share: number;
  /** After how many minutes, in the middle of those watches. Absent: it never did. */
  readonly minutes?: number;
}

/** What watches of one kind ended as. */
export interface Row {
  readonly name: string;
  /** So many times as bad after the action. */
  readonly factor: number;
  readonly watches: number;
  readonly regressed: Alarms;
  /** The shares of the other verdicts. */
  readonly healthy: number;
  readonly inconclusive: number;
  readonly error: number;
  /** Three readings over a bound. */
  readonly bound?: Alarms;
  /** A test of two shares at 0.05, read at every look. */
  readonly zTest?: Alarms;
}

/** How many bad events it takes until there is a verdict. */
export interface Needed {
  readonly tolerance: number;
  /** How many bad events in the baseline and as many after it, until it is healthy. */
  readonly healthy: number | null;
  /** How many bad events after the action, where it is so many times as bad, until it has regressed. Null: never. */
  readonly regressed: readonly { readonly factor: number; readonly events: number | null }[];
}

export interface VerdictsReport {
  readonly seed: number;
  readonly unchanged: readonly Row[];
  readonly worse: readonly Row[];
  readonly values: readonly Row[];
  readonly needed: readonly Needed[];
}

/** How many watches each row has. */
export interface Sizes {
  readonly unchanged: number;
  readonly worse: number;
  readonly values: number;
}

export const FULL: Sizes = { unchanged: 720, worse: 420, values: 670 };

const FACTORS = [1.2, 1.5, 2, 3];

/** The situations that are also made worse. */
const MADE_WORSE = SITUATIONS.filter(({ name }) => /^(steady|few|low|a growing|gaps|bursty)/.test(name));

export function runVerdicts(seed: number, sizes: Sizes, progress: (line: string) => void): VerdictsReport {
  const rowsOf = <Item>(
    items: readonly Item[],
    factors: readonly number[],
    row: (item: Item, factor: number) => Row,
  ) =>
    items.flatMap((item) =>
      factors.map((factor) => {
        const made = row(item, factor);
        progress(`${made.name}: ${made.factor} times`);
        return made;
      }),
    );
  return {
    seed,
    unchanged: rowsOf(SITUATIONS, [1], (item, factor) => eventRow(item, factor, sizes.unchanged, seed)),
    worse: rowsOf(MADE_WORSE, FACTORS, (item, factor) => eventRow(item, factor, sizes.worse, seed)),
    values: rowsOf(GAUGES, [1, 1.2, 1.5], (item, factor) => valueRow(item, factor, sizes.values, seed)),
    needed: [1.2, 1.5, 2, 3].map(neededFor),
  };
}

/** Draws anew for each row, so that one can be made again without the others. */
export function eventRow(situation: Situation, factor: number, count: number, seed: number): Row {
  const chance = chanceOf(seed, situation.name, factor);
  const met = Array.from({ length: count }, () => meet(situation, factor, chance));
  return {
    ...rowOf(
      situation.name,
      factor,
      met.map((one) => watched(situation, one)),
    ),
    bound: alarmsOf(met.map((one) => minutesOf(boundWatched(situation, one)))),
    zTest: alarmsOf(met.map(zTestFinds)),
  };
}

/** Another seed for each row: rows that draw the same would be wrong together. */
function chanceOf(seed: number, name: string, factor: number): Chance {
  const letters = [...`${name} ${factor}`].map((letter) => letter.codePointAt(0) ?? 0);
  return new Chance(letters.reduce((state, letter) => (state * 31 + letter) % 1_000_003, seed) + 1);
}

export function valueRow(gauge: Gauge, factor: number, count: number, seed: number): Row {
  const chance = chanceOf(seed, gauge.name, factor);
  const replays = Array.from({ length: count }, () => gaugeWatched(valuesOf(gauge, factor, chance)));
  return rowOf(gauge.name, factor, replays);
}

function rowOf(name: string, factor: number, replays: readonly Replayed[]): Row {
  const shareOf = (kind: Verdict['kind']) =>
    replays.filter(({ verdict }) => verdict.kind === kind).length / replays.length;
  return {
    name,
    factor,
    watches: replays.length,
    regressed: alarmsOf(replays.map(minutesOf)),
    healthy: shareOf('healthy'),
    inconclusive: shareOf('inconclusive'),
    error: shareOf('error'),
  };
}

/** After how many minutes a watch said that it is worse. Undefined: it did not. */
const minutesOf = ({ verdict, afterMs }: Replayed): number | undefined =>
  verdict.kind === 'regressed' ? afterMs / 60_000 : undefined;

function alarmsOf(minutes: readonly (number | undefined)[]): Alarms {
  const found = minutes.filter((minute) => minute !== undefined).sort((a, b) => a - b);
  const share = found.length / minutes.length;
  return found.length === 0 ? { share } : { share, minutes: Math.round(10 * medianOf(found)) / 10 };
}

/** More than this many in the baseline are never needed, or nothing helps. */
const MOST_BEFORE = 2_000;
/** The evidence from which a verdict is made: one in 50. */
const ENOUGH = Math.log(50);

export function neededFor(tolerance: number): Needed {
  const evidenceAt = (badBefore: number, factor: number) =>
    evidenceOf([{ bad: factor * badBefore, of: 1, badBefore, ofBefore: 1 }], {
      ratio: tolerance,
      negligible: 0,
    });
  const first = (isEnough: (badBefore: number) => boolean) => {
    for (let badBefore = 1; badBefore <= MOST_BEFORE; badBefore++) if (isEnough(badBefore)) return badBefore;
    return null;
  };
  return {
    tolerance,
    healthy: first((badBefore) => evidenceAt(badBefore, 1).notWorse >= ENOUGH),
    regressed: [2, 3, 5, 10].map((factor) => {
      const badBefore = first((before) => evidenceAt(before, factor).worse >= ENOUGH);
      return { factor, events: badBefore === null ? null : factor * badBefore };
    }),
  };
}

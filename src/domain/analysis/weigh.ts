import { numberText } from '../shared/shown-json.ts';
import type { Block, Comparison, Finding, Look, Side, Weighed } from './comparison.ts';
import { type EventPair, evidenceOf, ratioBoundsOf } from './evidence.ts';
import { medianOf, type Shift, shiftBetween } from './rank-test.ts';

/** What else a finding depends on. */
export interface Circumstances {
  /** How many comparisons decide this watch. They share the chance of a false alarm. */
  readonly deciding: number;
  /** How often values may be judged in this watch: at its end, and at the end of its extension. */
  readonly ends: number;
  /** Whether this look is at an end. Values are judged nowhere else, because looking often at a rank test finds something in the end. */
  readonly isEnd: boolean;
  /** Why the baseline is none. Undefined: it is one. */
  readonly baselineFault?: string | undefined;
}

type Weighing = Omit<Look, 'until' | 'blocks'>;

/** Says what all blocks of a watch so far show. */
export function weigh(
  comparison: Comparison,
  blocks: readonly Block[],
  circumstances: Circumstances,
): Weighing {
  if (circumstances.baselineFault !== undefined) return undecided(circumstances.baselineFault);
  return comparison.compared.form === 'value'
    ? weighValues(comparison, blocks, circumstances)
    : weighEvents(comparison, blocks, circumstances);
}

const undecided = (reason: string, weighed?: Weighed): Weighing => ({
  finding: 'undecided',
  reason,
  ...(weighed ? { weighed } : {}),
});

function weighEvents(
  { tolerance, negligible, confidence, compared }: Comparison,
  blocks: readonly Block[],
  { deciding }: Circumstances,
): Weighing {
  const pairs = blocks.flatMap(pairOf);
  const total = pairs.reduce(added, NO_EVENTS);
  if (pairs.length === 0) return undecided('nothing was read of the time after the action');
  const alpha = 1 - confidence;
  const enough = { worse: Math.log(deciding / alpha), notWorse: Math.log(1 / alpha) };
  const evidence = evidenceOf(pairs, { ratio: tolerance, negligible });
  const weighed: Weighed = {
    kind: 'events',
    enough,
    evidence,
    ...total,
    ...ratioBoundsOf(pairs, enough.notWorse),
  };
  const finding: Finding =
    evidence.worse >= enough.worse
      ? 'worse'
      : evidence.notWorse >= enough.notWorse
        ? 'notWorse'
        : 'undecided';
  const counted = compared.form === 'counts' ? countsText(total) : sharesText(total);
  return { finding, reason: `${counted}; ${EVENT_WORDS[finding](tolerance, total)}`, weighed };
}

const EVENT_WORDS: Readonly<Record<Finding, (tolerance: number, total: EventPair) => string>> = {
  worse: (tolerance) => `that is more than ${numberText(tolerance)} times as many, and no chance`,
  notWorse: (tolerance) => `that is no more than ${numberText(tolerance)} times as many`,
  undecided: (_, { ofBefore, bad, badBefore }) =>
    ofBefore === 0
      ? 'there is nothing to compare with'
      : bad + badBefore < FEW
        ? 'these are too few to tell'
        : 'that may be chance',
};

/** So few events never tell anything. */
const FEW = 10;

const countsText = ({ bad, badBefore }: EventPair) =>
  `${numberText(bad)} bad events, ${numberText(badBefore)} in as much time of the baseline`;

const sharesText = ({ bad, of, badBefore, ofBefore }: EventPair) =>
  `${numberText(bad)} of ${numberText(of)} were bad, ${numberText(badBefore)} of ${numberText(ofBefore)} in the baseline`;

const NO_EVENTS: EventPair = { bad: 0, of: 0, badBefore: 0, ofBefore: 0 };

const added = (sum: EventPair, pair: EventPair): EventPair => ({
  bad: sum.bad + pair.bad,
  of: sum.of + pair.of,
  badBefore: sum.badBefore + pair.badBefore,
  ofBefore: sum.ofBefore + pair.ofBefore,
});

/** The events of a block. Where nothing is known of its baseline, the block says only how many there are now. */
function pairOf({ after, before }: Block): EventPair[] {
  if (after === null || !('bad' in after)) return [];
  const { bad: badBefore, of: ofBefore } = before && 'bad' in before ? before : NOTHING;
  return [{ bad: after.bad, of: after.of, badBefore, ofBefore }];
}

const NOTHING = { bad: 0, of: 0 };

function weighValues(
  { tolerance, negligible, confidence, direction, missing, outliers }: Comparison,
  blocks: readonly Block[],
  { deciding, ends, isEnd }: Circumstances,
): Weighing {
  const valuesOf = (side: 'after' | 'before') => {
    const read = blocks.flatMap((block) => valueOn(block[side], missing));
    return outliers === 'remove' ? withoutOutliers(read) : read;
  };
  if (blocks.every((block) => block.after === null))
    return undecided('nothing was read of the time after the action');
  const after = valuesOf('after');
  const before = valuesOf('before').sort((a, b) => a - b);
  if (!isEnd) return undecided('values are judged at the end of the watch');
  const shift = shiftBetween(before, after, (1 - confidence) / (deciding * ends));
  if (shift.kind === 'tooFew')
    return undecided(
      `${after.length} values after the action and ${before.length} of the baseline are too few: ${shift.needed} of each are needed`,
    );
  const middleBefore = medianOf(before);
  const limit = Math.max((tolerance - 1) * Math.abs(middleBefore), negligible);
  const { estimate, atLeast, atMost } = shift;
  const weighed: Weighed = {
    kind: 'values',
    after: after.length,
    before: before.length,
    middleBefore,
    estimate,
    atLeast,
    atMost,
    limit,
  };
  const by = `the values are ${numberText(Math.abs(estimate))} ${estimate < 0 ? 'less' : 'more'} than in the baseline (${numberText(middleBefore)})`;
  if (limit === 0) return undecided(`${by}, and nothing says how much is tolerated where it is 0`, weighed);
  const finding = shiftFinding(shift, limit, direction);
  return { finding, reason: `${by}; ${VALUE_WORDS[finding](limit)}`, weighed };
}

const VALUE_WORDS: Readonly<Record<Finding, (limit: number) => string>> = {
  worse: (limit) => `${numberText(limit)} is tolerated`,
  notWorse: (limit) => `it is under the ${numberText(limit)} that is tolerated`,
  undecided: (limit) => `whether it is over the ${numberText(limit)} that is tolerated is not certain`,
};

/** Worse is what is certainly over the limit, as for events. Whoever tolerates 20 % more is not told that 20 % more is worse. */
function shiftFinding(
  { atLeast, atMost }: Extract<Shift, { kind: 'shift' }>,
  limit: number,
  direction: Comparison['direction'],
): Finding {
  if (direction !== 'decrease' && atLeast > limit) return 'worse';
  if (direction !== 'increase' && atMost < -limit) return 'worse';
  const isUnder = direction === 'decrease' || atMost < limit;
  const isOver = direction === 'increase' || atLeast > -limit;
  return isUnder && isOver ? 'notWorse' : 'undecided';
}

function valueOn(side: Side | null, missing: Comparison['missing']): number[] {
  if (side !== null && 'value' in side) return [side.value];
  return missing === 'zero' ? [0] : [];
}

/** How many interquartile ranges a value may be away from the quartiles. As in Kayenta. */
const OUTLIER_FACTOR = 3;

function withoutOutliers(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const lower = medianOf(sorted.slice(0, Math.ceil(sorted.length / 2)));
  const upper = medianOf(sorted.slice(Math.floor(sorted.length / 2)));
  const reach = OUTLIER_FACTOR * (upper - lower);
  return values.filter((value) => value >= lower - reach && value <= upper + reach);
}

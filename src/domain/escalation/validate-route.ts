import { type Link, waysOn } from './route-duration.ts';

/** A fault in the shape of a route, at one of its steps. */
export interface ShapeFault {
  readonly index: number;
  readonly problem: string;
}

/** The members of a step that its shape depends on. */
type Shaped = Link & {
  readonly name?: string | undefined;
  readonly by?: string | undefined;
  readonly until?: unknown;
};

/** The most ways (steps times repeats) that the search for the longest way may walk. */
const MOST_WAYS = 2_000;

/**
 * Checks that a route ends, on every way: only a repeat leads back, every step can be reached, every repeat goes back to a step that leads
 * to it, and the repeats are few enough to be walked.
 */
export function routeFaultsOf(steps: readonly Shaped[]): ShapeFault[] {
  const circle = steps.findIndex((_, index) =>
    reachedFrom(steps, waysOn(at(steps, index), index)).has(index),
  );
  if (circle >= 0) {
    const problem = 'leads back to itself, and may never end: write a step with repeat, which counts';
    return [{ index: circle, problem }];
  }
  const reachedSteps = reachedFrom(steps, [0]);
  const product = steps.reduce((total, { times }) => total * ((times ?? 0) + 1), steps.length);
  const largest = steps.findIndex(({ times }) => times !== undefined);
  return [
    ...steps.flatMap((step, index) => {
      if (!reachedSteps.has(index)) return [{ index, problem: 'is reached by no other step' }];
      const { repeatFrom } = step;
      if (repeatFrom === undefined || reachedFrom(steps, [repeatFrom]).has(index)) return [];
      return [{ index, problem: `${nameAt(steps, repeatFrom)} does not lead here, so this repeats nothing` }];
    }),
    ...(product > MOST_WAYS
      ? [
          {
            index: largest,
            problem: `repeats so often that ${product} ways lead through, at most ${MOST_WAYS}`,
          },
        ]
      : []),
  ];
}

const at = (steps: readonly Shaped[], index: number): Shaped => steps[index] ?? {};
const nameAt = (steps: readonly Shaped[], index: number) => at(steps, index).name ?? `step ${index + 1}`;

/** Returns the numbers of all steps that follow from these, including these. */
function reachedFrom(steps: readonly Shaped[], from: readonly number[]): Set<number> {
  const reachedSteps = new Set(from);
  // The loop walks the set while it grows.
  for (const index of reachedSteps) {
    const step = steps[index];
    for (const next of step ? waysOn(step, index) : []) reachedSteps.add(next);
  }
  return reachedSteps;
}

/**
 * Returns, for every way through a route, the numbers of the steps on it that tell somebody. Repeats are ignored, because the repeated
 * steps are on the way already.
 */
export function tellingsOf(steps: readonly Shaped[]): readonly (readonly number[])[] {
  const waysByStep = new Map<number, readonly (readonly number[])[]>();
  const from = (index: number): readonly (readonly number[])[] => {
    const step = steps[index];
    if (!step) return [[]];
    const knownWays = waysByStep.get(index);
    if (knownWays) return knownWays;
    const ownStep = step.by === undefined ? [] : [index];
    const ways = unique(
      waysOn(step, index)
        .flatMap(from)
        .map((way) => [...ownStep, ...way]),
    ).slice(0, MOST_WAYS);
    waysByStep.set(index, ways);
    return ways;
  };
  return from(0);
}

const unique = (ways: readonly (readonly number[])[]) => [
  ...new Map(ways.map((way) => [way.join(), way])).values(),
];

/** Returns the steps that ask whether a message arrived although it had no time to arrive: the answer is always that it did not. */
export function askedTooSoon(steps: readonly (Shaped & { readonly when?: unknown })[]): number[] {
  const takesNoTime = ({ waitMs = 0, until }: Shaped) => waitMs === 0 || until !== undefined;
  const toldAtOnce = steps.flatMap((step, index) =>
    step.by !== undefined && takesNoTime(step) ? waysOn(step, index) : [],
  );
  const reachedAtOnce = new Set([0, ...toldAtOnce]);
  for (const index of reachedAtOnce) {
    const step = steps[index];
    if (step && takesNoTime(step)) for (const next of waysOn(step, index)) reachedAtOnce.add(next);
  }
  return [...reachedAtOnce].filter((index) => steps[index]?.when === 'notDelivered');
}

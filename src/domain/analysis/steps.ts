import type { Series, Stretch } from './series.ts';

/**
 * Returns the value at each step of a stretch: that of the newest sample which is not after the step and at most `staleAfterMs` before it. A
 * step without such a sample has no point. So a gap is filled for as long as a sample counts, as Prometheus does it.
 *
 * @param samples in any order; of two with the same time, the later in the list counts
 * @param staleAfterMs see `staleAfter`
 */
export function atEachStep(
  samples: Series['points'],
  { from, until, stepMs }: Stretch,
  staleAfterMs: number,
): Series['points'] {
  const inOrder = [...samples].sort(([one], [other]) => one - other);
  const points: [number, number][] = [];
  let seen = 0;
  const steps = Math.floor((until - from) / stepMs);
  for (let n = 0; n <= steps; n++) {
    const at = from + n * stepMs;
    while (seen < inOrder.length && (inOrder[seen]?.[0] ?? 0) <= at) seen += 1;
    const newest = inOrder[seen - 1];
    if (newest && at - newest[0] <= staleAfterMs) points.push([at, newest[1]]);
  }
  return points;
}

/**
 * Returns the stretch to ask for where a source gives samples at times of its own: it begins early enough for the first step to have a
 * sample, by whole steps, so that a source which gives a value at each step gives it at the same ones.
 */
export const withTimeBefore = ({ from, until, stepMs }: Stretch, staleAfterMs: number): Stretch => ({
  from: from - Math.ceil(staleAfterMs / stepMs) * stepMs,
  until,
  stepMs,
});

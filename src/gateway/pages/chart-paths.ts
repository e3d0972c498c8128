/** The size of a small chart, in its own units. */
export const CHART = { width: 240, height: 60, margin: 2 };

/** A value for each step; null: there was none. */
export type Steps = readonly (number | null)[];

/** Where a value of a step is drawn, as two numbers of a path. */
export type Place = (step: number, value: number) => string;

/** Returns where a value of a step is drawn. A metric that never changes is a line in the middle. */
export function placeIn(steps: number, least: number, greatest: number): Place {
  const { width, height, margin } = CHART;
  const span = greatest - least;
  return (step, value) => {
    const x = (step / Math.max(1, steps - 1)) * width;
    const share = span > 0 ? (value - least) / span : 0.5;
    return `${round(x)} ${round(height - margin - share * (height - 2 * margin))}`;
  };
}

/** A line with a gap wherever there is no value. */
export const linePath = (steps: Steps, place: Place): string =>
  steps
    .map((value, step) =>
      value === null ? '' : `${typeof steps[step - 1] === 'number' ? 'L' : 'M'}${place(step, value)}`,
    )
    .join(' ');

/** The area between two lines, over the steps that have both. */
export function bandPath(least: Steps, greatest: Steps, place: Place): string {
  const both = least.flatMap((low, step) => {
    const high = greatest[step] ?? null;
    return low === null || high === null ? [] : [{ step, low, high }];
  });
  const points = [
    ...both.map(({ step, high }) => place(step, high)),
    ...both.toReversed().map(({ step, low }) => place(step, low)),
  ];
  return points.length === 0 ? '' : `M${points.join('L')}Z`;
}

const round = (value: number) => Math.round(value * 10) / 10;

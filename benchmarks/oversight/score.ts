/**
 * The area under the ROC curve: how often a bad one scores higher than a good one, of all pairs; a tie counts half. 1: every bad one is above
 * every good one. 0.5: the score tells nothing.
 */
export function areaUnderCurve(bad: readonly number[], good: readonly number[]): number {
  const wins = bad.flatMap((b) => good.map((g) => (b > g ? 1 : b === g ? 0.5 : 0)));
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
}

import type { Compared, Comparison } from '../analysis/comparison.ts';
import type { MetricSpec } from '../analysis/metrics.ts';
import { numberText, percentText } from '../shared/shown-json.ts';

/** Says by what a metric is judged, as a list of clauses. */
export function judgedBy({ failureCondition, successCondition, compare, dryRun }: MetricSpec): string[] {
  return [
    ...(failureCondition === undefined ? [] : [`regressed when ${failureCondition}`]),
    ...(successCondition === undefined ? [] : [`healthy when ${successCondition}`]),
    ...(compare ? [comparisonText(compare)] : []),
    ...(dryRun ? ['decides nothing (dry run)'] : []),
  ];
}

/** Says how often a metric is read. @param durationText a duration in words, from milliseconds */
export const readHowOften = (
  { count, intervalMs, lengthMs }: MetricSpec,
  durationText: (ms: number) => string,
): string =>
  lengthMs === undefined
    ? `read ${count} times, every ${durationText(intervalMs)}`
    : `read for ${durationText(lengthMs)}, every ${durationText(intervalMs)} at first`;

function comparisonText({ compared, against, tolerance, negligible }: Comparison): string {
  const baseline = typeof against === 'string' ? BASELINES[against] : 'a control';
  const minded = negligible === 0 ? '' : `, or ${negligibleText(compared, negligible)}`;
  return `${WHAT[compared.form](compared)} at most ${numberText(tolerance)} times that of ${baseline}${minded}`;
}

const BASELINES = {
  before: 'the time right before',
  yesterday: 'the same minutes of the day before',
  lastWeek: 'the same minutes a week before',
} as const;

const WHAT: Readonly<Record<Compared['form'], (compared: Compared) => string>> = {
  counts: () => 'bad events',
  ratio: () => 'the share of bad events',
  latency: (compared) =>
    `the share that takes longer than ${compared.form === 'latency' ? numberText(compared.slowerThan) : ''}`,
  value: () => 'its values',
};

const negligibleText = ({ form }: Compared, negligible: number): string =>
  form === 'counts'
    ? `${numberText(negligible)} a minute`
    : form === 'value'
      ? `${numberText(negligible)} more`
      : percentText(negligible);

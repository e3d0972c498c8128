import type { Action, Proposal } from '../action/action.ts';
import { queriesOf } from '../analysis/queries.ts';
import { lookup } from '../shared/lookup.ts';
import { quoted, stem, wordsIn } from './agent-text.ts';
import type { Finding } from './finding.ts';
import { partsOf } from './subject.ts';
import { NOT_A_MEASURE, SAME_MEASURE } from './words.ts';

/**
 * Success criteria of which no watched metric shows a single one: none has a word in common with a metric's name or query. One criterion that is
 * measured is enough, because people judge others afterwards.
 */
export function notMeasured({ successCriteria }: Proposal, { watch, target }: Action): Finding[] {
  const finding = (text: string): Finding[] => [{ kind: 'notMeasured', weight: 1, text }];
  if (!watch) {
    const [first = ''] = successCriteria;
    return finding(`the agent expects ${quoted(first)}, but nothing is watched after this action`);
  }
  const measured = new Set(
    watch.metrics.flatMap((metric) =>
      [metric.name, ...queriesOf(metric).map(({ query }) => query)].flatMap(partsOf).map(measureOf),
    ),
  );
  const isMeasure = (word: string) => !NOT_A_MEASURE.has(word) && word !== target && !/^\d/.test(word);
  const isSeen = successCriteria.some((criterion) =>
    wordsIn(criterion)
      .flatMap(partsOf)
      .filter(isMeasure)
      .map(measureOf)
      .some((word) => measured.has(word)),
  );
  const [first] = successCriteria;
  if (isSeen || first === undefined) return [];
  const more = successCriteria.length === 1 ? '' : ` and ${successCriteria.length - 1} more`;
  const names = watch.metrics.map(({ name }) => name).slice(0, 5);
  return finding(`nothing measures ${quoted(first)}${more}: watched is ${names.join(', ')}`);
}

const measureOf = (word: string): string => lookup(SAME_MEASURE, stem(word)) ?? stem(word);

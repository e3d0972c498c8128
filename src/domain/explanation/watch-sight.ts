import type { Proposal } from '../action/action.ts';
import { watchLengthOf } from '../analysis/course.ts';
import type { Watch } from '../analysis/metrics.ts';

/** What the watch of an action sees. */
export interface WatchSight {
  /** The names of the metrics that it reads. */
  readonly metrics: readonly string[];
  /** How long after the effect it reads the last of them, in milliseconds. Nothing is seen later. */
  readonly endsAfterMs: number;
  /** The agent's success criteria, in its words and order, each with the metrics that it names. None: nothing measures it. */
  readonly criteria: readonly { readonly criterion: string; readonly measuredBy: readonly string[] }[];
}

/**
 * Says what a watch sees of an action, and which of the agent's success criteria it measures. A criterion is measured by a metric when the
 * metric's name stands in it, whatever its case and whatever separates its words. Nothing more is read into the agent's words.
 *
 * @param watch absent: nothing is watched
 * @param watchForMs the least time for which a policy wants the effect watched
 */
export function watchSightOf(
  watch: Watch | undefined,
  watchForMs: number | undefined,
  successCriteria: Proposal['successCriteria'],
): WatchSight {
  const metrics = (watch?.metrics ?? []).map(({ name }) => name);
  return {
    metrics,
    endsAfterMs: watch ? watchLengthOf(watch, watchForMs) : 0,
    criteria: successCriteria.map((criterion) => ({
      criterion,
      measuredBy: metrics.filter((name) => ` ${plainWords(criterion)} `.includes(` ${plainWords(name)} `)),
    })),
  };
}

const plainWords = (text: string) =>
  text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.join(' ') ?? '';

/** Says the same in sentences for people. No word of the agent is in them. */
export function watchSentences(
  { metrics, endsAfterMs, criteria }: WatchSight,
  durationText: (ms: number) => string,
): string[] {
  if (metrics.length === 0)
    return ['nothing is watched: what the action does is not measured', ...criteriaSentences(criteria)];
  return [
    `${listed(metrics)} ${metrics.length === 1 ? 'is' : 'are'} read until ${durationText(endsAfterMs)} after the effect; what comes later, or shows elsewhere, is not seen`,
    ...criteriaSentences(criteria),
  ];
}

function criteriaSentences(criteria: WatchSight['criteria']): string[] {
  if (criteria.length === 0) return [];
  const measured = criteria.filter(({ measuredBy }) => measuredBy.length > 0);
  const names = [...new Set(measured.flatMap(({ measuredBy }) => measuredBy))];
  const by = names.length === 0 ? '' : `, by ${listed(names)}`;
  const are = measured.length === 0 ? 'none is' : measured.length === 1 ? '1 is' : `${measured.length} are`;
  return [
    criteria.length === 1
      ? `the agent's one success criterion is ${measured.length === 0 ? 'not ' : ''}measured by name${by}`
      : `of the agent's ${criteria.length} success criteria ${are} measured by name${by}`,
  ];
}

const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

import { type Progress, verdictOf } from '../analysis/analysis-verdict.ts';
import { blocksIn } from '../analysis/blocks.ts';
import type { Look } from '../analysis/comparison.ts';
import { assessReading } from '../analysis/condition.ts';
import { isAtEnd } from '../analysis/course.ts';
import { circumstancesOf } from '../analysis/look.ts';
import { isCompared, looksAt, type Measurement, type MetricSpec, type Watch } from '../analysis/metrics.ts';
import { weigh } from '../analysis/weigh.ts';
import { lookup } from '../shared/lookup.ts';
import { abortableIn, ends } from './ended-from-outside.ts';
import type { OnRecord } from './on-record.ts';
import { outsideText } from './outside.ts';
import {
  baselineFaultOf,
  type CheckOnRecord,
  checksOnRecord,
  courseOnRecord,
  lastLegOf,
  watchedRun,
} from './watch-on-record.ts';

/** One recorded measurement, and what it comes to again. */
export interface MeasuredAgain {
  /** Counted from 0. */
  readonly check: number;
  readonly recorded: Measurement;
  readonly again: Measurement;
  /** What differs. Empty: nothing does. */
  readonly differs: readonly string[];
}

export type Recomputed =
  | {
      readonly kind: 'recomputed';
      readonly measurements: readonly MeasuredAgain[];
      /** What ended the watch from outside, and whether it does again. Undefined: nothing did. */
      readonly ended?: EndedAgain | undefined;
      /** The verdict of what is recorded, and that of what was worked out again. */
      readonly recorded: Progress;
      readonly again: Progress;
      readonly isSame: boolean;
    }
  | { readonly kind: 'nothing'; readonly reason: string };

/** What ended a watch from outside. */
export interface EndedAgain {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The reason, as recorded and as worked out again. Undefined: by what is recorded of it, it ends nothing. */
  readonly recorded: string;
  readonly again: string | undefined;
}

/**
 * Works out the verdict of a watch again from the numbers in the ledger: values, and the events of each block. An auditor so sees that the
 * findings follow from them. Whether the source gave these numbers, the ledger cannot show. The same goes for an alert that ended the watch.
 */
export function recomputed(record: OnRecord): Recomputed {
  const { ruled, admitted } = record;
  if (!ruled || !admitted) return { kind: 'nothing', reason: 'it never ran' };
  const watched = watchedRun({ ruled, admitted });
  if (!watched) return { kind: 'nothing', reason: 'nothing is watched for this action type' };
  const { watch } = watched;
  const rest = {
    watch,
    baseline: admitted.baseline ?? {},
    baselineFault: baselineFaultOf(ruled),
    extended: record.extended,
  };
  const checks = checksOnRecord(watched, record);
  const measurements = checks.flatMap((_, n) => checkAgain(checks.slice(0, n + 1), rest));
  const isDone = courseOnRecord(watched, record).next === undefined;
  const lastLeg = lastLegOf(record);
  const verdictIn = (pick: 'recorded' | 'again') =>
    verdictOf(
      watch,
      measurements.flatMap((measurement) => (measurement.check < lastLeg ? [] : [measurement[pick]])),
      isDone,
    );
  const ended = endedAgain(record);
  const recorded = ended ? regressed(ended.recorded) : verdictIn('recorded');
  const again = ended?.again === undefined ? verdictIn('again') : regressed(ended.again);
  const isSame =
    recorded.kind === again.kind &&
    ended?.recorded === ended?.again &&
    measurements.every(({ differs }) => differs.length === 0);
  return { kind: 'recomputed', measurements, ended, recorded, again, isSame };
}

const regressed = (reason: string): Progress => ({ kind: 'regressed', reason });

function endedAgain(record: OnRecord): EndedAgain | undefined {
  const { aborted } = record;
  if (!aborted) return undefined;
  const watch = abortableIn(record);
  const again = watch && ends(watch, aborted.outside) ? outsideText(aborted.outside) : undefined;
  return { at: aborted.at, recorded: aborted.why, again };
}

interface Rest {
  readonly watch: Watch;
  readonly baseline: Readonly<Record<string, number>>;
  readonly baselineFault: string | undefined;
  readonly extended: OnRecord['extended'];
}

/** Works out the last of these checks again. */
function checkAgain(checks: readonly CheckOnRecord[], rest: Rest): MeasuredAgain[] {
  const last = checks.at(-1);
  if (!last) return [];
  const { before, check } = last;
  return check.measurements.flatMap((recorded) => {
    const spec = rest.watch.metrics.find(({ name }) => name === recorded.metric);
    if (!spec) return [];
    const looks = checks.flatMap(({ check: { measurements } }) => looksAt(measurements, spec.name));
    const extensions = rest.extended.filter((extension) => extension.check <= check.check).length;
    const judged = judgedAgain(spec, recorded, rest);
    const again = recorded.look
      ? {
          ...judged,
          look: {
            ...recorded.look,
            ...lookAgain(spec, looks, { isEnd: isAtEnd(before, spec.name), extensions }, rest),
          },
        }
      : judged;
    return [{ check: check.check, recorded, again, differs: differencesOf(recorded, again) }];
  });
}

/** What the conditions say of the recorded value. Without a value there is nothing to judge again. */
function judgedAgain(spec: MetricSpec, recorded: Measurement, { baseline }: Rest): Measurement {
  const { value, at } = recorded;
  const hasCondition = (spec.successCondition ?? spec.failureCondition) !== undefined;
  if (value === undefined || !Number.isFinite(value) || !hasCondition || recorded.phase === 'error')
    return recorded;
  return { ...recorded, ...assessReading(spec, { kind: 'value', value }, lookup(baseline, spec.name), at) };
}

function lookAgain(
  spec: MetricSpec,
  looks: readonly Look[],
  stage: { readonly isEnd: boolean; readonly extensions: number },
  { watch, baselineFault }: Rest,
) {
  if (!isCompared(spec)) return {};
  return weigh(spec.compare, blocksIn(looks), circumstancesOf(watch, spec, { ...stage, baselineFault }));
}

/** How much evidence may differ between two machines, as a share: the last digits of logarithms do. */
const SAME = 1e-9;

function differencesOf(recorded: Measurement, again: Measurement): string[] {
  const [was, is] = [recorded.look, again.look];
  return [
    ...(recorded.phase === again.phase ? [] : [`it was ${recorded.phase}, and is ${again.phase}`]),
    ...(was?.finding === is?.finding ? [] : [`it was found ${was?.finding}, and is ${is?.finding}`]),
    ...(isSameEvidence(was, is) ? [] : ['its evidence is another']),
  ];
}

function isSameEvidence(was: Look | undefined, is: Look | undefined): boolean {
  if (was?.weighed?.kind !== 'events' || is?.weighed?.kind !== 'events')
    return was?.weighed?.kind === is?.weighed?.kind;
  const [recorded, again] = [was.weighed.evidence, is.weighed.evidence];
  const isNear = (a: number, b: number) => Math.abs(a - b) <= SAME * Math.max(1, Math.abs(a));
  return isNear(recorded.worse, again.worse) && isNear(recorded.notWorse, again.notWorse);
}

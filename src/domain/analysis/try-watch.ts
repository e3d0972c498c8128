import type { Verdict } from './analysis-verdict.ts';
import { LEAD } from './blocks.ts';
import { watchLengthOf } from './course.ts';
import { isCompared, type MetricSpec, type Watch } from './metrics.ts';
import { queriesOf } from './queries.ts';
import { medianOf } from './rank-test.ts';
import { type Replayed, type Replaying, replay } from './replay.ts';
import { blockLengthOf } from './schedule.ts';
import type { Series, Stretch } from './series.ts';

/** A query that a watch asks, and how far apart the moments are at which it needs it. */
export interface TrackToRead {
  readonly source: string;
  readonly query: string;
  readonly stepMs: number;
}

/** What was read of a query: its series at even steps, each a multiple of the step. */
export interface Track extends TrackToRead {
  readonly series: readonly Series[];
}

/** Returns what must be read so that a watch can be replayed. */
export function tracksOf(watch: Watch): TrackToRead[] {
  const tracks: TrackToRead[] = [];
  for (const metric of watch.metrics) {
    for (const { query } of queriesOf(metric)) {
      const { source } = metric;
      const index = tracks.findIndex((known) => known.source === source && known.query === query);
      const step = stepOf(metric, watch);
      if (index === -1) tracks.push({ source, query, stepMs: step });
      else tracks[index] = { source, query, stepMs: divisorOf(tracks[index]?.stepMs ?? step, step) };
    }
  }
  return tracks;
}

/** The step at which all moments lie at which a metric is read. */
const stepOf = (metric: MetricSpec, { extendToMs = 0 }: Watch): number =>
  divisorOf(divisorOf(metric.intervalMs, metric.initialDelayMs), blockLengthOf(metric, extendToMs));

/** The greatest common divisor of two whole numbers. */
const divisorOf = (a: number, b: number): number => (b === 0 ? a : divisorOf(b, a % b));

const DAY_MS = 24 * 3_600_000;
const BACK_MS = { yesterday: DAY_MS, lastWeek: 7 * DAY_MS };

/** The most moments at which an action is pretended. */
const MOST_MOMENTS = 500;

/**
 * Returns the moments at which an action is pretended: watches of them do not overlap, and all that they need lies between.
 *
 * @param from milliseconds since the epoch
 */
export function momentsIn(watch: Watch, from: number, until: number): number[] {
  const lengthMs = Math.max(watchLengthOf(watch), watch.extendToMs ?? 0);
  const backMs = Math.max(0, ...watch.metrics.map((metric) => neededBefore(metric, watch, lengthMs)));
  const stepMs = tracksOf(watch)
    .map((track) => track.stepMs)
    .reduce((all, step) => (all / divisorOf(all, step)) * step, 1);
  const first = Math.ceil((from + backMs) / stepMs) * stepMs;
  const last = until - lengthMs;
  const apartMs = Math.ceil(Math.max(lengthMs, (last - first) / MOST_MOMENTS) / stepMs) * stepMs;
  const moments: number[] = [];
  for (let at = first; at <= last; at += apartMs) moments.push(at);
  return moments;
}

/** How long before an action a metric is read. */
function neededBefore(metric: MetricSpec, watch: Watch, lengthMs: number): number {
  if (!isCompared(metric)) return 0;
  const leadMs = LEAD * blockLengthOf(metric, watch.extendToMs ?? 0);
  const { against } = metric.compare;
  if (typeof against !== 'string') return leadMs;
  return leadMs + (against === 'before' ? lengthMs : BACK_MS[against] + DAY_MS / 24);
}

/** Answers queries from what was read: at each step of a stretch what the step at or before it had. */
export function pastIn(tracks: readonly Track[]): Replaying['pastOf'] {
  const bySource = new Map(
    tracks.map(({ source, query, stepMs, series }) => [
      JSON.stringify([source, query]),
      { stepMs, series: series.map(({ labels, points }) => ({ labels, values: new Map(points) })) },
    ]),
  );
  return (source, query, stretch) => {
    const track = bySource.get(JSON.stringify([source, query]));
    if (!track) return { kind: 'none', reason: `the query ${query} was not read` };
    const series = track.series.map((one) => seriesAt(one, track.stepMs, stretch));
    return { kind: 'series', series: series.filter(({ points }) => points.length > 0) };
  };
}

function seriesAt(
  { labels, values }: { readonly labels: Series['labels']; readonly values: ReadonlyMap<number, number> },
  trackStepMs: number,
  { from, until, stepMs }: Stretch,
): Series {
  const points: [number, number][] = [];
  for (let at = from; at <= until; at += stepMs) {
    const value = values.get(Math.floor(at / trackStepMs) * trackStepMs);
    if (value !== undefined) points.push([at, value]);
  }
  return { labels, points };
}

/** How often a watch, or one of its metrics, would have taken an action back. */
export interface Tried {
  /** Absent: all metrics together. */
  readonly metric?: string;
  readonly moments: number;
  /** How often it would not have been healthy: each of these is taken back. */
  readonly takenBack: number;
  readonly verdicts: Readonly<Record<Verdict['kind'], number>>;
  /** After how long, in the middle of those that were taken back, in milliseconds. Absent: none was. */
  readonly afterMs?: number;
  /** The first ones that were taken back. */
  readonly examples: readonly { readonly at: number; readonly verdict: Verdict }[];
}

const MOST_EXAMPLES = 3;

/** Replays a watch at moments at which nothing was done. The first line is of all metrics together. */
export function tryWatch(watch: Watch, moments: readonly number[], replaying: Replaying): Tried[] {
  const triedOf = (part: Watch): Tried => {
    const replays = moments.map((at) => ({ at, ...replay(part, at, { ...replaying, partOf: watch }) }));
    return summaryOf(replays);
  };
  const metrics = watch.metrics.map((metric) => ({
    metric: metric.name,
    ...triedOf({ ...watch, metrics: [{ ...metric, dryRun: false }] }),
  }));
  return [triedOf(watch), ...metrics];
}

function summaryOf(replays: readonly (Replayed & { readonly at: number })[]): Tried {
  const count = (kind: Verdict['kind']) => replays.filter(({ verdict }) => verdict.kind === kind).length;
  const takenBack = replays.filter(({ verdict }) => verdict.kind !== 'healthy');
  const times = takenBack.map(({ afterMs }) => afterMs).sort((a, b) => a - b);
  return {
    moments: replays.length,
    takenBack: takenBack.length,
    verdicts: {
      healthy: count('healthy'),
      regressed: count('regressed'),
      inconclusive: count('inconclusive'),
      error: count('error'),
    },
    ...(times.length === 0 ? {} : { afterMs: medianOf(times) }),
    examples: takenBack.slice(0, MOST_EXAMPLES).map(({ at, verdict }) => ({ at, verdict })),
  };
}

import { cedar } from '../../adapters/cedar/index.ts';
import { createSources, queryFault } from '../../adapters/index.ts';
import { table } from '../../briefing/table.ts';
import { faultLines, loadInstallation } from '../../config/index.ts';
import { pathsIn } from '../../domain/action/template.ts';
import type { Watch } from '../../domain/analysis/metrics.ts';
import { queriesOf } from '../../domain/analysis/queries.ts';
import type { Series } from '../../domain/analysis/series.ts';
import {
  momentsIn,
  pastIn,
  type Track,
  type TrackToRead,
  type Tried,
  tracksOf,
  tryWatch,
} from '../../domain/analysis/try-watch.ts';
import { timeZoneOf } from '../../domain/calendar/calendar.ts';
import { daysBefore } from '../../domain/calendar/local-time.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { watchOn } from '../../domain/proposal/resolve-proposal.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { standInsFor } from '../placeholder-env.ts';
import { print } from '../print.ts';

export interface Asked {
  readonly actionType: string;
  readonly target: string;
  readonly environment: string;
  /** In milliseconds. */
  readonly over: number;
  readonly installation: string;
}

/** Prints how often the watch of an action type would have been wrong about an action at moments at which nothing was done. */
export async function tryOnPast(command: CliCommand, asked: Asked): Promise<void> {
  const { env } = standInsFor(command.io.env);
  const loaded = await loadInstallation(asked.installation, env, cedar, queryFault);
  if (loaded.kind === 'faulty')
    throw new CommandError(`${asked.installation} is faulty:\n${faultLines(loaded.faults).join('\n')}`);
  const { installation, connections } = loaded;
  const watch = watchedOn(installation, asked);
  const until = Date.now();
  const from = until - asked.over;
  const moments = momentsIn(watch, from, until);
  if (moments.length === 0)
    throw new CommandError(
      '--over is too short: one watch and its baseline do not fit in. Take more, such as 14d',
    );
  const tracks = await readTracks(createSources(connections.metricSources), tracksOf(watch), { from, until });
  const timeZone = timeZoneOf(installation, asked.target);
  const tried = tryWatch(watch, moments, {
    pastOf: pastIn(tracks),
    daysBefore: (at, days) => daysBefore(at, days, timeZone),
  });
  const { actionType, target, environment } = asked;
  print(command, { actionType, target, environment, from, until, tried }, () =>
    triedText(asked, moments, tried),
  );
}

/** The watch as it would be on the target. */
function watchedOn(installation: Installation, { actionType, target, environment }: Asked): Watch {
  const type = known('action type', actionType, installation.actionTypes);
  known('service', target, installation.services);
  known('environment', environment, installation.environments);
  if (!type.watch) throw new CommandError(`${actionType} has no watch: nothing of it can be tried`);
  for (const metric of type.watch.metrics) {
    const [param] = queriesOf(metric)
      .flatMap(({ query }) => pathsIn(query))
      .filter((path) => path.startsWith('params.') || path.startsWith('action.'));
    if (param !== undefined)
      throw new CommandError(
        `the query of ${metric.name} has \${${param}}, which only a request says: such a watch cannot be tried`,
      );
  }
  return watchOn(installation, type.watch, { target, environment });
}

function known<T>(what: string, name: string, all: Readonly<Record<string, T>>): T {
  const found = lookup(all, name);
  if (found === undefined)
    throw new CommandError(`there is no ${what} ${name}: write one of ${Object.keys(all).join(', ')}`);
  return found;
}

/** The most steps that are read at once: Prometheus gives 11,000 at most, and answers have 8 MiB at most. */
const MOST_STEPS = 2_000;

/** Reads what a watch needs, from each source once. */
async function readTracks(
  sources: ReturnType<typeof createSources>,
  toRead: readonly TrackToRead[],
  { from, until }: { readonly from: number; readonly until: number },
): Promise<Track[]> {
  const tracks: Track[] = [];
  for (const track of toRead) {
    const source = lookup(sources, track.source);
    if (!source?.readPast)
      throw new CommandError(
        `the source ${track.source} keeps no past, so a watch cannot be replayed on it: a prometheus source does`,
      );
    const { stepMs } = track;
    const byLabels = new Map<string, { labels: Series['labels']; points: Series['points'][number][] }>();
    const first = Math.floor(from / stepMs) * stepMs;
    for (let start = first; start <= until; start += MOST_STEPS * stepMs) {
      const last = Math.min(start + (MOST_STEPS - 1) * stepMs, until);
      const past = await source.readPast(track.query, { from: start, until: last, stepMs });
      if (past.kind === 'none')
        throw new CommandError(`the past of ${track.source} could not be read: ${past.reason}`);
      for (const { labels, points } of past.series) {
        const key = JSON.stringify(Object.entries(labels).sort());
        const series = byLabels.get(key) ?? { labels, points: [] };
        series.points.push(...points);
        byLabels.set(key, series);
      }
    }
    tracks.push({ ...track, series: [...byLabels.values()] });
  }
  return tracks;
}

function triedText(
  { actionType, target }: Asked,
  moments: readonly number[],
  tried: readonly Tried[],
): string {
  const [first = 0, last = first] = [moments.at(0), moments.at(-1)];
  return [
    `The watch of ${actionType} on ${target}, as if something had been done at ${moments.length} moments from ${timeText(first)} to ${timeText(last)}.`,
    'Nothing was done for it, so each one that would not have been healthy is a false alarm, unless something was wrong then.',
    '',
    table([
      ['metric', 'not healthy', 'regressed', 'inconclusive', 'error', 'after'],
      ...tried.map(({ metric = 'all together', notHealthy, verdicts, moments: all, afterMs }) => [
        metric,
        `${notHealthy} of ${all} (${percentText(notHealthy / all)})`,
        String(verdicts.regressed),
        String(verdicts.inconclusive),
        String(verdicts.error),
        afterMs === undefined ? '' : `${(afterMs / 60_000).toFixed(1)} min`,
      ]),
    ]),
    ...tried
      .slice(1)
      .flatMap(({ examples }) =>
        examples.map(({ at, verdict }) => `${timeText(at)}: ${verdict.kind}, ${verdict.reason}`),
      ),
  ].join('\n');
}

const timeText = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;

const percentText = (share: number) => `${(100 * share).toFixed(1)} %`;

import type { MetricSource } from '../activities/ports/metric-source.ts';
import { type Reading, type Samples, staleAfter } from '../domain/analysis/condition.ts';
import type { Past, Series, Stretch } from '../domain/analysis/series.ts';
import { atEachStep, withTimeBefore } from '../domain/analysis/steps.ts';

/**
 * Makes a source of a system that gives samples at times of its own. The value now is the newest sample; a stretch of time has the value at
 * each of its steps.
 *
 * @param samplesOf reads the samples of a stretch, in any order; samples outside of it do no harm
 */
export function sampledSource(
  samplesOf: (query: string, stretch: Stretch) => Promise<Past>,
  intervalMs: number,
  now: () => number,
): Required<MetricSource> {
  const staleAfterMs = staleAfter(intervalMs);

  async function readEach(query: string): Promise<Samples> {
    const until = now();
    const stretch = withTimeBefore({ from: until, until, stepMs: intervalMs }, staleAfterMs);
    const past = await samplesOf(query, stretch);
    if (past.kind === 'none') return past;
    const samples = past.series.flatMap(({ labels, points }) => {
      const newest = newestIn(points);
      return newest ? { labels, value: newest[1], sampledAt: newest[0], staleAfterMs } : [];
    });
    return { kind: 'samples', samples };
  }

  return {
    readEach,
    read: async (query): Promise<Reading> => {
      const answer = await readEach(query);
      if (answer.kind === 'none') return answer;
      const [sample, ...more] = answer.samples;
      if (!sample) return { kind: 'none', reason: 'the query gave no sample' };
      if (more.length > 0) {
        const reason = `the query gave ${answer.samples.length} series, a condition needs one`;
        return { kind: 'none', reason };
      }
      const { labels: _, ...value } = sample;
      return { kind: 'value', ...value };
    },
    readPast: async (query, stretch) => {
      const past = await samplesOf(query, withTimeBefore(stretch, staleAfterMs));
      if (past.kind === 'none') return past;
      const series = past.series.map(({ labels, points }) => ({
        labels,
        points: atEachStep(points, stretch, staleAfterMs),
      }));
      return { kind: 'series', series };
    },
  };
}

const newestIn = (points: Series['points']) =>
  points.reduce<Series['points'][number] | undefined>(
    (newest, point) => (newest && newest[0] > point[0] ? newest : point),
    undefined,
  );

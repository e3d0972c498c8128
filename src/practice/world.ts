import type { Sources } from '../activities/ports/metric-source.ts';
import { isWithin } from '../domain/exercise/scenario.ts';
import type { Installation } from '../domain/installation/installation.ts';
import type { WrittenCase } from '../domain/practice/case.ts';
import { createMetrics } from '../exercise/metrics.ts';

/** The metric sources of a case, by the names that the folder uses. They answer from what is written in the case: no address is in them. */
export function metricsOf(
  installation: Installation,
  names: readonly string[],
  { at, metrics, incidents, settings }: WrittenCase,
  now: () => number,
): Sources {
  const lasting = <Item extends { readonly since: number }>(items: readonly Item[]) =>
    items.map((item) => ({ ...item, from: -item.since, until: Number.POSITIVE_INFINITY }));
  const bad = lasting(metrics);
  return createMetrics(
    installation,
    names,
    { begins: at, incidents: lasting(incidents) },
    {
      health: (service, when) =>
        bad.find((each) => each.service === service && isWithin([each], when - at))?.are ?? 'healthy',
      worseFor: (service, when) =>
        bad
          .filter((each) => each.service === service && each.are === 'regressed')
          .reduce((sum, { from }) => sum + Math.max(0, when - at - from), 0),
      setting: (service, parameter) => settings[`${service}.${parameter}`],
    },
    now,
  );
}

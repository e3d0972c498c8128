import { lookup } from '../../domain/shared/lookup.ts';
import type { WrittenAction } from '../action-types/actions.ts';
import type { Connections } from '../rules/connections.ts';
import { keepsPast } from '../rules/metric-sources.ts';
import type { ConfigFault } from '../source/fault.ts';

/**
 * Checks that a comparison takes no more samples than its source has. With shorter intervals, all events between two samples lie in one
 * block and its pair has none, which looks like a regression; and one value counts as several.
 */
export function checkBlocks(
  { type, source }: WrittenAction,
  sources: Connections['metricSources'],
): ConfigFault[] {
  return (type.watch?.metrics ?? []).flatMap(({ compare, intervalMs, source: name }, i) => {
    const connection = lookup(sources, name);
    if (!compare || !connection || !keepsPast(connection) || intervalMs >= connection.intervalMs) return [];
    const seconds = `${connection.intervalMs / 1_000}s`;
    const problem = `is shorter than the ${seconds} between two samples of ${name}, and a comparison needs one in each interval: write ${seconds} or more, or the interval of ${name} in countersign.yaml`;
    return [source.fault(['watch', 'metrics', i, 'interval'], problem)];
  });
}

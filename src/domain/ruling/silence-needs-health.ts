import type { Measurement } from '../analysis/metrics.ts';
import type { Settlement } from '../approval/settlement.ts';

/**
 * The reason why an action that nobody decided on does not run now; undefined when it may run. INVARIANT 7: silence lets an action run
 * only while every watched metric was read and is healthy. Where people decided, they saw the metrics, and this rule says nothing.
 *
 * @param settlement how the gate ended; undefined for an action that needed no gate
 * @param measurements how each watched metric stands just before the action
 */
export function whySilenceStops(
  settlement: Settlement | undefined,
  measurements: readonly Measurement[],
): string | undefined {
  if (settlement?.kind !== 'proceed') return undefined;
  const unhealthy = measurements.find(({ phase }) => phase !== 'successful');
  return (
    unhealthy &&
    `nobody decided, and silence does not proceed while the metrics are not healthy: ${unhealthy.reason}`
  );
}

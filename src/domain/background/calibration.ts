import type { PastAction } from '../ledger/past-action.ts';
import { endedWell, type RunsBefore } from '../risk/record-before.ts';

/** How well founded an agent's confidence was before: the actions that it ran, in any build, when it was about as sure as it is now. */
export type Calibration =
  | (RunsBefore & {
      readonly kind: 'counted';
      /** The group of the confidence now, in percent: `from` belongs to it, and `to` to the next one. 100 belongs to the last. */
      readonly from: number;
      readonly to: number;
    })
  | { readonly kind: 'unknown'; readonly reason: string };

/** How many groups there are. */
const GROUPS = 5;

/** Fewer actions say nothing. */
const LEAST = 5;

/**
 * Counts how the actions ended of which the agent was about as sure.
 *
 * @param confidence of the proposal, 0 to 1
 * @param past actions of this agent
 */
export function calibrationOf(confidence: number, past: readonly PastAction[]): Calibration {
  const group = groupOf(confidence);
  const runs = past.filter(
    ({ confidence: before, admittedAt, closed }) =>
      before !== undefined && groupOf(before) === group && admittedAt !== undefined && closed !== undefined,
  );
  const from = (group * 100) / GROUPS;
  return {
    kind: 'counted',
    from,
    to: from + 100 / GROUPS,
    ran: runs.length,
    well: runs.filter(endedWell).length,
  };
}

const groupOf = (confidence: number) => Math.min(GROUPS - 1, Math.floor(confidence * GROUPS));

/** Says how often the agent was right when it was as sure: a sentence of the machine without the final period. */
export function calibrationText(calibration: Calibration): string {
  if (calibration.kind === 'unknown')
    return `how often it was right before is not known: ${calibration.reason}`;
  const { from, to, ran, well } = calibration;
  const assurance = `of which it was ${from} to ${to} % sure`;
  if (ran < LEAST) return `too few to say: ${ran} ${ran === 1 ? 'action' : 'actions'} ${assurance}`;
  return `of the ${ran} actions ${assurance}, ${well} ended well (${Math.round((100 * well) / ran)} %)`;
}

import type { Outcome } from '../action/outcome.ts';
import type { Stop } from './what-stops.ts';

/** How long to wait before asking again while another action runs in the way, in milliseconds. */
const RETRY_BUSY_MS = 5_000;

export type Wait =
  | { readonly kind: 'waits'; readonly afterMs: number }
  /** Nothing will change before the permission to run expires. */
  | { readonly kind: 'over'; readonly outcome: Outcome };

/**
 * Decides whether an action waits for what is in its way, and for how long. @param expiresAt when the permission to run expires; like
 * `now`, in milliseconds since the epoch
 */
export function waitFor(stop: Exclude<Stop, { kind: 'held' }>, now: number, expiresAt: number): Wait {
  // If there can never be room, waiting is useless.
  if (stop.kind === 'limited' && stop.freeAt === undefined)
    return { kind: 'over', outcome: { kind: 'deniedByPolicy', reason: stop.reason } };
  const freeAt = stop.kind === 'limited' ? (stop.freeAt ?? now) : now;
  const afterMs = Math.max(RETRY_BUSY_MS, freeAt - now);
  if (now + afterMs < expiresAt) return { kind: 'waits', afterMs };
  const reason = `${stop.reason}; the permission to run runs out before that changes`;
  return { kind: 'over', outcome: { kind: stop.kind === 'limited' ? 'deniedByPolicy' : 'held', reason } };
}

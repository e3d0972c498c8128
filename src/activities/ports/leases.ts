import type { Hold } from '../../domain/admission/hold.ts';
import type { AdmissionRequest, Stop } from '../../domain/admission/what-stops.ts';
import type { Fact } from './ledger.ts';

/** The leases on targets. A lease ends with its action; a hold stays until a person lifts it. */
export interface Leases {
  /**
   * Takes the lease on the target and appends the fact, in one transaction; or does neither, because something stops the action.
   * The same action gets the same token when it asks again. Throws when the store is unreachable, and once the fact
   * `closingEventId` is recorded: an attempt that late would take a lease that nobody releases.
   */
  acquire(request: AdmissionRequest, intent: Fact, closingEventId: string): Promise<Acquired>;
  /** Releases the lease, places the hold where there is one, and appends the fact, in one transaction. Repeating it is harmless. */
  release(
    lease: { readonly action: AdmissionRequest['action']; readonly hold?: Hold | undefined },
    fact: Fact,
  ): Promise<void>;
  /** Who has the target of an action, and the token of that lease. Throws when the store is unreachable. */
  of(
    action: AdmissionRequest['action'],
  ): Promise<{ readonly holder: string | null; readonly fencingToken: number }>;
  /** The actions that have any of these targets now. Throws when the store is unreachable. */
  holders(targets: readonly string[]): Promise<{ readonly actionId: string; readonly target: string }[]>;
}

export type Acquired = Stop | { readonly kind: 'acquired'; readonly fencingToken: number };

import type { Acquired, Leases } from '../../activities/admit.ts';
import { leaseTarget } from '../../domain/action.ts';
import { covers } from '../../domain/hold.ts';
import type { Database } from './database.ts';
import type { Decision } from './transaction.ts';

/** The leases in PostgreSQL. Both throw `FactRefused` where the ledger does not take the fact, and change no lease then. */
export function createLeases({ write }: Pick<Database, 'write'>): Leases {
  return {
    acquire: ({ action, at }, intent, before) =>
      write({
        fact: intent,
        targets: [leaseTarget(action)],
        before,
        decide: ({ leaseOf, holds }): Decision<Acquired> => {
          const hold = holds.find(({ scope }) => covers(scope, action));
          if (hold) return { result: { kind: 'held', hold }, append: false };
          const lease = leaseOf(leaseTarget(action));
          const { holder, fencingToken } = lease;
          if (holder === action.id) return { result: { kind: 'acquired', fencingToken }, append: true };
          if (holder !== null) return { result: { kind: 'leased', heldBy: holder }, append: false };
          const next = fencingToken + 1;
          return {
            result: { kind: 'acquired', fencingToken: next },
            append: true,
            lease: { ...lease, holder: action.id, fencingToken: next, acquiredAt: at },
          };
        },
      }),

    release: ({ action, hold }, fact) =>
      write({
        fact,
        targets: [leaseTarget(action)],
        decide: ({ leaseOf, recorded }): Decision<void> => {
          const lease = leaseOf(leaseTarget(action));
          // A late attempt must not release what the same action has taken since.
          if (recorded || lease.holder !== action.id) return { result: undefined, append: true };
          return {
            result: undefined,
            append: true,
            lease: { ...lease, holder: null },
            ...(hold ? { hold } : {}),
          };
        },
      }),
  };
}

import type { Acquired, Leases } from '../../activities/admit.ts';
import type { Database } from './database.ts';
import type { Decision } from './transaction.ts';

/** The leases in PostgreSQL. Both throw `FactRefused` where the ledger does not take the fact, and change no lease then. */
export function createLeases({ write }: Database): Leases {
  return {
    acquire: ({ target, actionId, at }, intent, before) =>
      write({
        fact: intent,
        target,
        before,
        decide: ({ holder, held, fencingToken }): Decision<Acquired> => {
          if (holder !== null && held) return { result: { kind: 'held', heldBy: holder }, append: false };
          if (holder === actionId) return { result: { kind: 'acquired', fencingToken }, append: true };
          if (holder !== null) return { result: { kind: 'leased', heldBy: holder }, append: false };
          const lease = { holder: actionId, held: false, fencingToken: fencingToken + 1, acquiredAt: at };
          return { result: { kind: 'acquired', fencingToken: lease.fencingToken }, append: true, lease };
        },
      }),

    release: ({ target, actionId, hold }, fact) =>
      write({
        fact,
        target,
        decide: (lease, recorded): Decision<void> => {
          const unchanged = { result: undefined, append: true };
          // A late attempt must not release what the same action has taken since.
          if (recorded || lease.held || lease.holder !== actionId) return unchanged;
          return { ...unchanged, lease: hold ? { ...lease, held: true } : { ...lease, holder: null } };
        },
      }),
  };
}

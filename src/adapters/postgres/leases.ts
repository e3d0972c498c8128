import type { Acquired, Leases } from '../../activities/ports/leases.ts';
import { leaseTarget } from '../../domain/action/action.ts';
import { whatStops } from '../../domain/admission/what-stops.ts';
import type { Database } from './database.ts';
import { readLeases } from './lease-rows.ts';
import type { WriteDecision } from './transaction.ts';

/** Each lease has two tokens: one for the effect, the next for its rollback. A late request of the effect then has the older one. */
const TOKENS_EACH = 2;

/**
 * The leases in PostgreSQL. `acquire` and `release` throw `FactRefused` where the ledger does not take the fact, and then change no
 * lease.
 */
export function createLeases({ pool, write }: Pick<Database, 'pool' | 'write'>): Leases {
  return {
    acquire: (admission, intent, before) =>
      write({
        fact: intent,
        targets: [
          ...new Set([
            leaseTarget(admission.action),
            ...Object.values(admission.neighbourhood?.beside ?? {}).flat(),
          ]),
        ],
        holds: true,
        counts: admission,
        before,
        decide: ({ leaseOf, holds, recent, risk }): WriteDecision<Acquired> => {
          const holderOf = (target: string) => leaseOf(target).holder;
          const stop = whatStops(admission, { holds, holderOf, recent, risk });
          if (stop) return { result: stop, append: false };
          const { action, at } = admission;
          const lease = leaseOf(leaseTarget(action));
          const { fencingToken } = lease;
          if (lease.holder === action.id) return { result: { kind: 'acquired', fencingToken }, append: true };
          const next = fencingToken + TOKENS_EACH;
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
        decide: ({ leaseOf, recorded }): WriteDecision<void> => {
          const lease = leaseOf(leaseTarget(action));
          // A late attempt must not release a lease that the action took since, nor place a hold that was lifted.
          if (recorded) return { result: undefined, append: true };
          return {
            result: undefined,
            append: true,
            ...(lease.holder === action.id ? { lease: { ...lease, holder: null } } : {}),
            ...(hold ? { hold } : {}),
          };
        },
      }),

    of: async (action) => {
      const target = leaseTarget(action);
      const { holder = null, fencingToken = 0 } = (await readLeases(pool, [target])).get(target) ?? {};
      return { holder, fencingToken };
    },

    holders: async (targets) => {
      const leases = await readLeases(pool, targets);
      return [...leases.values()].flatMap(({ target, holder }) =>
        holder === null ? [] : [{ actionId: holder, target }],
      );
    },
  };
}

import type { Holds, Lifted } from '../../activities/ports/holds.ts';
import type { Database } from './database.ts';
import { readHolds } from './hold-rows.ts';
import type { WriteDecision } from './transaction.ts';

/** The holds in PostgreSQL. `place` throws `FactRefused` for an id that already names another hold. */
export function createHolds({ pool, write }: Pick<Database, 'pool' | 'write'>): Holds {
  return {
    place: (hold, order) =>
      write({
        fact: {
          eventId: `${hold.id}/placed`,
          actionId: hold.id,
          kind: 'holdPlaced',
          at: hold.at,
          body: { hold, order },
        },
        // A late attempt must not place the hold again after it was lifted.
        decide: ({ recorded }) => ({ result: undefined, append: true, ...(recorded ? {} : { hold }) }),
      }),

    lift: (id, lifting, order) =>
      write({
        fact: {
          eventId: `${id}/lifted/${lifting.by}`,
          actionId: id,
          kind: 'holdLifted',
          at: lifting.at,
          body: { lifting, order },
        },
        holds: true,
        decide: ({ recorded, holds }): WriteDecision<Lifted> => {
          const hold = holds.find((candidate) => candidate.id === id);
          if (hold) return { result: { kind: 'lifted' }, append: true, hold: { ...hold, lifted: lifting } };
          return { result: { kind: recorded ? 'lifted' : 'notStanding' }, append: false };
        },
      }),

    list: () => readHolds(pool),
  };
}

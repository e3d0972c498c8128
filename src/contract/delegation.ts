import { z } from 'zod';
import type { Delegation, DelegationScope } from '../domain/approval/delegation.ts';
import { LAST_TIME, type ReadEntry } from '../domain/ledger/ledger.ts';
import { countAt, nameAt, partOf } from '../domain/shared/json-reader.ts';
import { identifier, text } from './json.ts';

/** Where the ledger keeps who decides in whose place: under a name that no action can have. */
export const DELEGATIONS = 'delegations/all';

const time = z.number().int().positive().max(LAST_TIME);

export const delegationScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everything') }),
  z.strictObject({ kind: z.literal('actionType'), actionType: identifier }),
  z.strictObject({ kind: z.literal('service'), service: identifier }),
]) satisfies z.ZodType<DelegationScope>;

export const delegationSchema = z.strictObject({
  id: z.string(),
  from: identifier,
  to: identifier,
  scope: delegationScopeSchema,
  since: time,
  until: time,
  reason: text(2_000),
  doubtful: z.literal(true).optional(),
}) satisfies z.ZodType<Delegation>;

/** Who decides in whose place, as the ledger has it. */
export interface Delegations {
  /** That nobody ended early, whether they hold now or not. */
  readonly delegations: readonly Delegation[];
  /** The places of the entries that cannot be read. */
  readonly unreadable: readonly number[];
}

/**
 * Reads delegations back. INVARIANT 4: what cannot be read takes places away and gives none. It may have ended any delegation
 * that was there before it, so that all of those are in doubt; one that tells no more than who and whom is in doubt itself.
 *
 * @param entries those of `DELEGATIONS`, in their order
 * @param isGood whether the order (compact JWS) that a person gave it with says so and is good today: without, it is in doubt as well
 */
export function parseDelegations(
  entries: readonly ReadEntry[],
  isGood: (given: Delegation, jws: string) => boolean = () => true,
): Delegations {
  const standing = new Map<string, Delegation>();
  const unreadable: number[] = [];
  for (const entry of entries) {
    const given = entry.kind === 'delegated' ? delegationOf(entry) : undefined;
    const ended = entry.kind === 'delegationEnded' ? delegationEndOf(entry) : undefined;
    const jws = partOf(entry.body, 'jws');
    const stands = given && typeof jws === 'string' && isGood(given, jws);
    if (given) standing.set(given.id, stands ? given : { ...given, doubtful: true });
    if (ended !== undefined) standing.delete(ended);
    if ((given && !given.doubtful) || ended !== undefined) continue;
    unreadable.push(entry.seq);
    // One that was given ends no other.
    if (entry.kind === 'delegated') continue;
    for (const each of standing.values()) standing.set(each.id, { ...each, doubtful: true });
  }
  return { delegations: [...standing.values()], unreadable };
}

/** Undefined where not even the two people can be read. */
function delegationOf({ eventId, at, body }: ReadEntry): Delegation | undefined {
  const read = z.object({ delegation: delegationSchema }).safeParse(body).data?.delegation;
  const from = nameAt(body, 'delegation', 'from');
  const to = nameAt(body, 'delegation', 'to');
  if (read || !from || !to) return read;
  return {
    id: nameAt(body, 'delegation', 'id') ?? eventId,
    from,
    to,
    scope: { kind: 'everything' },
    since: at,
    until: Math.min(countAt(body, 'delegation', 'until') ?? LAST_TIME, LAST_TIME),
    reason: 'it cannot be read as a whole',
    doubtful: true,
  };
}

/** The id of the delegation that an entry of the ledger ended early. */
const delegationEndOf = ({ body }: ReadEntry): string | undefined =>
  z.object({ id: z.string() }).safeParse(body).data?.id;

/** Of these, what holds now or later, the earliest first. @param now milliseconds since the epoch */
export const notOver = (delegations: readonly Delegation[], now: number): Delegation[] =>
  delegations.filter(({ until }) => until > now).toSorted((a, b) => a.since - b.since);

import { z } from 'zod';
import type { Delegation, DelegationScope } from '../domain/approval/delegation.ts';
import { LAST_TIME, type ReadEntry } from '../domain/ledger/ledger.ts';
import { countAt, nameAt, partOf } from '../domain/shared/json-reader.ts';
import { identifier, text } from './json.ts';

/** The ledger subject of all delegations: a name that no action can have. */
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

/** The delegations in the ledger. */
export interface Delegations {
  /** The delegations that nobody ended early, whether they hold now or not. */
  readonly delegations: readonly Delegation[];
  /** The sequence numbers of the entries that cannot be read. */
  readonly unreadable: readonly number[];
}

/**
 * Parses delegations. INVARIANT 4: an entry that cannot be read takes places away and gives none. It may have ended any earlier delegation,
 * so all of those are in doubt. A delegation of which only the two people can be read is itself in doubt.
 *
 * @param entries the entries of `DELEGATIONS`, in their order
 * @param isGood whether the order (compact JWS) that gave the delegation says the same and has a valid signature today; otherwise the
 *   delegation is in doubt as well
 */
export function parseDelegations(
  entries: readonly ReadEntry[],
  isGood: (delegation: Delegation, jws: string) => boolean = () => true,
): Delegations {
  const standingById = new Map<string, Delegation>();
  const unreadable: number[] = [];
  for (const entry of entries) {
    const delegation = entry.kind === 'delegated' ? delegationOf(entry) : undefined;
    const endedId = entry.kind === 'delegationEnded' ? delegationEndOf(entry) : undefined;
    const jws = partOf(entry.body, 'jws');
    const stands = delegation && typeof jws === 'string' && isGood(delegation, jws);
    if (delegation) standingById.set(delegation.id, stands ? delegation : { ...delegation, doubtful: true });
    if (endedId !== undefined) standingById.delete(endedId);
    if ((delegation && !delegation.doubtful) || endedId !== undefined) continue;
    unreadable.push(entry.seq);
    // An entry that gave a delegation cannot have ended another.
    if (entry.kind === 'delegated') continue;
    for (const earlier of standingById.values()) standingById.set(earlier.id, { ...earlier, doubtful: true });
  }
  return { delegations: [...standingById.values()], unreadable };
}

/** Returns the delegation of an entry; undefined when not even the two people can be read. */
function delegationOf({ eventId, at, body }: ReadEntry): Delegation | undefined {
  const delegation = z.object({ delegation: delegationSchema }).safeParse(body).data?.delegation;
  const from = nameAt(body, 'delegation', 'from');
  const to = nameAt(body, 'delegation', 'to');
  if (delegation || !from || !to) return delegation;
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

/** Returns the id of the delegation that a ledger entry ended early. */
const delegationEndOf = ({ body }: ReadEntry): string | undefined =>
  z.object({ id: z.string() }).safeParse(body).data?.id;

/** Returns the delegations that hold now or later, the earliest first. @param now milliseconds since the epoch */
export const notOver = (delegations: readonly Delegation[], now: number): Delegation[] =>
  delegations.filter(({ until }) => until > now).toSorted((a, b) => a.since - b.since);

import { z } from 'zod';
import type { Delegation, DelegationScope } from '../domain/delegation.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { identifier, text } from './json.ts';

/** Where the ledger keeps who decides in whose place: under a name that no action can have. */
export const DELEGATIONS = 'delegations/all';

const time = z.number().int().positive().max(8.64e15);

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
}) satisfies z.ZodType<Delegation>;

/** Reads a delegation back from its entry of the ledger. Throws at an entry that is none. */
const delegationOf = ({ body }: LedgerEntry): Delegation =>
  z.object({ delegation: delegationSchema }).parse(body).delegation;

/** The id of the delegation that an entry of the ledger ended early. */
const delegationEndOf = ({ body }: LedgerEntry): string => z.object({ id: z.string() }).parse(body).id;

/** Every delegation that nobody ended early, whether it holds now or not. @param entries those of `DELEGATIONS` */
export function delegationsIn(entries: readonly LedgerEntry[]): Delegation[] {
  const over = new Set(entries.filter(({ kind }) => kind === 'delegationEnded').map(delegationEndOf));
  return entries
    .filter(({ kind }) => kind === 'delegated')
    .map(delegationOf)
    .filter(({ id }) => !over.has(id));
}

/** Of these, what holds now or later, the earliest first. @param now milliseconds since the epoch */
export const notOver = (delegations: readonly Delegation[], now: number): Delegation[] =>
  delegations.filter(({ until }) => until > now).toSorted((a, b) => a.since - b.since);

import { z } from 'zod';
import type { Level } from '../domain/action/autonomy-level.ts';
import type { Authority } from '../domain/autonomy/effective-level.ts';
import {
  DEMOTED_BECAUSE,
  type Demoted,
  type Enrolled,
  type Granted,
  type StandingChange,
  type StandingFact,
  type StandingKey,
  type UnreadableChange,
} from '../domain/autonomy/standing.ts';
import type { ReadEntry } from '../domain/ledger/ledger.ts';
import { identifier } from './json.ts';
import { agentBuild } from './proposal.ts';

/** Schemas of the standings in the ledger, and of what a ruling says about them. */

export const levelSchema = z.literal([0, 1, 2, 3], 'must be 0, 1, 2 or 3') satisfies z.ZodType<Level>;

export const standingKeySchema = z.strictObject({
  agent: agentBuild,
  actionType: identifier,
  serviceTier: z.literal([1, 2, 3, 4], 'must be 1, 2, 3 or 4'),
}) satisfies z.ZodType<StandingKey>;

const change = { key: standingKeySchema, at: z.number().int() };

// A grant in the ledger also contains its evidence, which is left out here.
const enrolledSchema = z.object({
  ...change,
  kind: z.literal('enrolled'),
  level: levelSchema,
  after: z.strictObject({ agent: agentBuild, level: levelSchema }).optional(),
}) satisfies z.ZodType<Enrolled>;

const grantedSchema = z.object({
  ...change,
  kind: z.literal('granted'),
  level: levelSchema,
  by: z.string(),
  reason: z.string(),
  orderId: z.string(),
}) satisfies z.ZodType<Granted>;

const demotedSchema = z.object({
  ...change,
  kind: z.literal('demoted'),
  actionId: z.string(),
  because: z.enum(DEMOTED_BECAUSE),
  reason: z.string(),
}) satisfies z.ZodType<Demoted>;

const standingChangeSchema = z.discriminatedUnion('kind', [
  enrolledSchema,
  grantedSchema,
  demotedSchema,
]) satisfies z.ZodType<StandingChange>;

/** The ledger subject of an agent's standing: a name that no action can have, because action ids contain no slash. */
export const standingSubject = (agentId: string) => `standing/${agentId}`;

/**
 * Parses the standing of one agent. An entry that is not a change of the standing, of whichever kind, counts as unreadable.
 *
 * @param entries all entries of its subject, in their order
 */
export function standingIn(entries: readonly ReadEntry[]): StandingFact[] {
  let latestAt = 0;
  return entries.map((entry) => {
    const { kind, at, body, seq } = entry;
    const change = standingChangeSchema.safeParse({ ...Object(body), kind, at }).data;
    // The time of an unreadable entry is unreliable, too, so it is never before the entries before it.
    const fact = change ?? { kind: 'unreadable' as const, seq, at: Math.max(latestAt, at) };
    latestAt = Math.max(latestAt, fact.at);
    return fact;
  });
}

const unreadableSchema = z.object({
  kind: z.literal('unreadable'),
  seq: z.number().int(),
  at: z.number().int(),
}) satisfies z.ZodType<UnreadableChange>;

export const authoritySchema = z.strictObject({
  level: levelSchema,
  held: z.strictObject({
    level: levelSchema,
    since: z.number().int(),
    evidenceFrom: z.number().int(),
    given: z.discriminatedUnion('kind', [enrolledSchema, grantedSchema]),
    lowered: z.array(z.discriminatedUnion('kind', [demotedSchema, unreadableSchema])),
  }),
  ceiling: z.strictObject({ level: levelSchema, reason: z.string() }),
}) satisfies z.ZodType<Authority>;

import { z } from 'zod';
import type { RecordedCard } from '../domain/autonomy/score-card-rule.ts';
import type { ReadEntry } from '../domain/ledger/ledger.ts';
import { agentBuild } from './proposal.ts';

/** The ledger subject of an agent's score cards: a name that no action can have, because action ids contain no slash. */
export const scoreCardSubject = (agentId: string) => `score-cards/${agentId}`;

const count = z.number().int().min(0);
const recordedSchema = z.object({
  agent: agentBuild,
  cases: count,
  wrong: count,
  at: z.number().int(),
  by: z.string(),
  /** The signed order. */
  jws: z.string(),
}) satisfies z.ZodType<RecordedCard>;
export type RecordedCardEntry = z.infer<typeof recordedSchema>;

/**
 * Reads the score cards of an agent. An entry that is none is left out: then a card may be missing, which permits nothing.
 *
 * @param entries all entries of its subject, in their order
 */
export const scoreCardsIn = (entries: readonly ReadEntry[]): RecordedCardEntry[] =>
  entries.flatMap(({ kind, at, body }) => {
    const card = kind === 'scoreCardRecorded' && recordedSchema.safeParse({ ...Object(body), at }).data;
    return card ? [card] : [];
  });

import type { Json } from '../shared/json.ts';
import { countAt, listAt, nameAt, textAt } from '../shared/json-reader.ts';

/** A decision as it is listed. */
export interface ListedVote {
  readonly person: string;
  readonly verdict: string;
  readonly reason?: string | undefined;
  readonly at: number;
}

/** Returns the votes of an entry, without those that cannot be read. */
export const votesIn = (body: Json | undefined): ListedVote[] =>
  (listAt(body, 'votes') ?? []).flatMap((vote) => {
    const person = nameAt(vote, 'person');
    const verdict = nameAt(vote, 'verdict');
    const at = countAt(vote, 'decidedAt');
    if (!person || !verdict || at === undefined) return [];
    const reason = textAt(vote, 'reason');
    return [{ person, verdict, at, ...(reason ? { reason } : {}) }];
  });

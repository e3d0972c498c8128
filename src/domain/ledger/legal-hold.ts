import { nameAt, partOf, textAt } from '../shared/json-reader.ts';
import type { ReadEntry } from './ledger.ts';

/** The ledger subject of all legal holds: a name that no action can have. */
export const LEGAL_HOLDS = 'legal-holds/all';

/** What a legal hold keeps: everything, or all that the ledger says about one subject, for example an action. */
export type LegalHoldScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'subject'; readonly subject: string };

/** While it stands, nothing that it covers can be erased. It stops no action: that is what a hold does. */
export interface LegalHold {
  readonly id: string;
  readonly scope: LegalHoldScope;
  readonly person: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface LegalHolds {
  /** Those that nobody ended, the oldest first. */
  readonly standing: readonly LegalHold[];
  /** The sequence numbers of the entries that cannot be read. Each may be a legal hold. */
  readonly unreadable: readonly number[];
}

/** Reads the legal holds. @param entries the entries of `LEGAL_HOLDS`, in their order */
export function legalHoldsIn(entries: readonly ReadEntry[]): LegalHolds {
  const standing = new Map<string, LegalHold>();
  const unreadable: number[] = [];
  for (const entry of entries) {
    const id = nameAt(entry.body, 'id');
    const hold = entry.kind === 'legalHoldPlaced' ? holdOf(entry) : undefined;
    if (hold) standing.set(hold.id, hold);
    else if (entry.kind === 'legalHoldEnded' && id !== undefined) standing.delete(id);
    else unreadable.push(entry.seq);
  }
  return { standing: [...standing.values()], unreadable };
}

function holdOf({ body, at }: ReadEntry): LegalHold | undefined {
  const id = nameAt(body, 'id');
  const person = nameAt(body, 'person');
  const scope = scopeOf(body);
  return id && person && scope ? { id, person, scope, reason: textAt(body, 'reason') ?? '', at } : undefined;
}

function scopeOf(body: ReadEntry['body']): LegalHoldScope | undefined {
  const subject = nameAt(body, 'scope', 'subject');
  switch (partOf(body, 'scope', 'kind')) {
    case 'everything':
      return { kind: 'everything' };
    case 'subject':
      return subject === undefined ? undefined : { kind: 'subject', subject };
    default:
      return undefined;
  }
}

/** What a legal hold keeps, in words. */
export const keptBy = ({ scope }: Pick<LegalHold, 'scope'>): string =>
  scope.kind === 'everything' ? 'everything' : scope.subject;

import type { Installation } from '../installation/installation.ts';
import type { ReadEntry } from '../ledger/ledger.ts';
import { hasShape } from '../shared/shape.ts';

/** The change of one file of an installation's folder. */
export interface FileChange {
  readonly file: string;
  readonly kind: 'added' | 'changed' | 'removed';
  /** A unified diff without the lines that name the files. */
  readonly difference: string;
  /** Set where the diff is longer, and ends here. The whole texts are kept by their digests. */
  readonly cut?: true;
}

/** A commit that changed files of the folder, as its repository says. Nobody checked who its author is. */
export interface Commit {
  readonly id: string;
  /** Name and address. */
  readonly author: string;
  /** When it was committed, in milliseconds since the epoch. */
  readonly at: number;
  readonly subject: string;
  /** The names in its trailers `Approved-by`, `Reviewed-by` and `Acked-by`. */
  readonly approvedBy: readonly string[];
}

/** Where an installation's folder came from. */
export type Origin =
  | {
      readonly kind: 'repository';
      /** The commit that the work tree is at. */
      readonly head: string;
      /** Files of the folder that are not as that commit has them. */
      readonly uncommitted: readonly string[];
      /** The commits that changed the folder since the change before this one, the newest first; at most the last 20. */
      readonly commits: readonly Commit[];
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The body of a `rulesChanged` entry: a worker loaded an installation that was another one before. */
export interface RulesChanged {
  /** The digest of `files`. */
  readonly digest: string;
  /** The digest of the folder before; null for the first one. */
  readonly before: string | null;
  /** What rulings pin of it. */
  readonly digests: Installation['digests'];
  /** The SHA-256 of each file of the folder, by its path. */
  readonly files: Readonly<Record<string, string>>;
  /** The changes since the folder before; empty for the first one. */
  readonly changes: readonly FileChange[];
  readonly origin: Origin;
}

/** Returns what the entries about an installation's rules are about: a member like an action's id, which no action can have. */
export const rulesId = (installation: string): string => `rules/${installation}`;

/** Returns the rules that were loaded last, with the place of their entry; undefined when the ledger has none that can be read. */
export function lastRules(entries: readonly ReadEntry[]): { seq: number; rules: RulesChanged } | undefined {
  const entry = entries.findLast(isRulesChanged);
  return entry && { seq: entry.seq, rules: entry.body };
}

/** Whether an entry says that the rules changed, and can be read. */
export const isRulesChanged = (entry: ReadEntry): entry is ReadEntry & { readonly body: RulesChanged } =>
  entry.kind === 'rulesChanged' &&
  hasShape(entry.body, { digest: 'text', files: 'any', changes: 'list', origin: { kind: 'text' } });

import { base64 } from '@scure/base';
import { parseCheckpoint } from '../ledger/tree/checkpoint.ts';
import type { MonthlyAccount } from './monthly.ts';
import type { Period } from './period.ts';
import type { WeeklyAudit } from './weekly.ts';

/** What of the ledger a report was made from. */
export interface Basis {
  /** How many entries the ledger had: those after them are in no figure. */
  readonly size: number;
  /** The root of the tree over them, in base64. Null: no checkpoint of the ledger was signed yet. */
  readonly root: string | null;
  /** Why the ledger could not be signed as it is now. Absent: it could, or nobody tried. */
  readonly objection?: string | undefined;
}

interface About {
  readonly installation: string;
  readonly period: Period;
  readonly basis: Basis;
  /** Whether the period was over when it was made. */
  readonly isOver: boolean;
}

/** A report, as `--json` prints it and as a worker sends it. */
export type Report =
  | (About & { readonly kind: 'weekly'; readonly audit: WeeklyAudit })
  | (About & { readonly kind: 'monthly'; readonly account: MonthlyAccount });

/** @param note the checkpoint of these entries. Absent: none was signed */
export function basisOf(size: number, note: string | undefined): Basis {
  const read = note === undefined ? undefined : parseCheckpoint(note);
  return { size, root: read?.kind === 'checkpoint' ? base64.encode(read.checkpoint.root) : null };
}

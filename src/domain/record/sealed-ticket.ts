import type { Plan } from '../action/action.ts';
import type { Preview } from '../action/preview.ts';
import type { Authority } from '../action/session-name.ts';
import type { Watch } from '../analysis/metrics.ts';
import { digestOf } from '../shared/digest.ts';
import type { EntryBodies } from './on-record.ts';

/**
 * The data that an admitted action needs while it runs, in case the ledger cannot be read. The step that admitted the action seals it, and
 * it is valid for that run of that action alone. INVARIANT 9: taking an effect back never waits for our own database.
 */
export interface Ticket {
  readonly actionId: string;
  readonly runId: string;
  /** The digest that was admitted. */
  readonly digest: string;
  /** The digest `whatWasRuled` of what people were told, so that a page can be sent without the ledger. */
  readonly ruled: string;
  readonly fencingToken: number;
  readonly rollback: Plan | null;
  /** What the effect was to change, for the rollback. Absent: nothing previewed it. */
  readonly preview?: Preview | undefined;
  /** For whom a credential is minted for the rollback. Absent in tickets of earlier versions. */
  readonly authority?: Authority | undefined;
  readonly watch: Watch | null;
  /** The least time that the effect is watched, in milliseconds. */
  readonly watchForMs: number;
  /** The value of each metric before the action, by its name. */
  readonly baseline: Readonly<Record<string, number>>;
  /** What it acts on, when it was admitted, and why the time before that is no baseline. Absent in tickets of earlier versions. */
  readonly target?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly admittedAt?: number | undefined;
  readonly baselineFault?: string | undefined;
  /** When it was taken back, in milliseconds since the epoch. Present: what is measured from then on is whether its metrics are back. */
  readonly takenBackAt?: number | undefined;
}

/** Returns the digest of the proposal, the resolved action, its impact, its ruling and what was found. */
export const whatWasRuled = ({ proposal, action, impact, ruling, findings }: EntryBodies['ruled']): string =>
  digestOf({ proposal, action, impact, ruling, ...(findings ? { findings } : {}) });

import { OUTCOMES, type OutcomeKind } from '../action/outcome.ts';
import { REPORTED, type Reported } from '../action/reported.ts';
import type { ReadEntry } from '../ledger/ledger.ts';
import { oneOf, partOf } from '../shared/json-reader.ts';

/** What became of an action, as far as it is compared with what a candidate says. */
export interface Ending {
  /** When it was ruled on last, in milliseconds since the epoch. */
  readonly ruledAt: number;
  /** How long people took to decide after that, in milliseconds. Absent: nobody decided. */
  readonly answeredMs?: number | undefined;
  readonly ran?: true | undefined;
  /** Absent: it is not over. */
  readonly outcome?: OutcomeKind | undefined;
  /** Whether its reviewer disagreed. */
  readonly disagreed?: true | undefined;
  /** What a person reported first after it was over. */
  readonly reported?: Reported | undefined;
}

const ANSWERS = ['approved', 'denied', 'brokenGlass'] as const;

/** Adds one more entry about an action to what became of it. */
export function nextEnding(ending: Ending | undefined, { kind, at, body }: ReadEntry): Ending | undefined {
  if (kind === 'ruled') return { ruledAt: at };
  if (!ending) return undefined;
  switch (kind) {
    case 'settled':
      return oneOf(ANSWERS, partOf(body, 'settlement', 'kind'))
        ? { ...ending, answeredMs: Math.max(0, at - ending.ruledAt) }
        : ending;
    case 'admitted':
      return { ...ending, ran: true };
    case 'closed':
      return { ...ending, outcome: oneOf(OUTCOMES, partOf(body, 'outcome', 'kind')) };
    case 'reviewed':
      return partOf(body, 'result', 'kind') === 'disagreed' ? { ...ending, disagreed: true } : ending;
    case 'reported':
      return { ...ending, reported: ending.reported ?? oneOf(REPORTED, partOf(body, 'found')) };
    default:
      return ending;
  }
}

/** Why an action should not have run, by what is on record. Undefined: nothing says so. */
export function wentWrong({ outcome, ran, disagreed, reported }: Ending): string | undefined {
  if (outcome === 'deniedByPerson') return 'people denied it';
  if (!ran) return undefined;
  if (reported === 'regressed') return 'a person reported that it made things worse';
  if (reported === 'rollbackWrong') return undefined;
  switch (outcome) {
    case 'rolledBack':
      return 'it was rolled back';
    case 'rollbackFailed':
      return 'it was to be rolled back, and that failed';
    case 'rollbackUnverified':
      return 'it was rolled back, and its metrics were not known to be back';
    case 'revoked':
      return 'people revoked it';
    default:
      return disagreed ? 'its reviewer disagreed' : undefined;
  }
}

/** Whether an action ran and ended well: it succeeded, no reviewer disagreed, and nobody reported it. */
export const endedWell = (ending: Ending): boolean =>
  ending.outcome === 'succeeded' && wentWrong(ending) === undefined;

import type { ReplayedCase } from '../domain/replay/compare.ts';
import type { ReplayVerdict, ScoreCard } from '../domain/replay/score-card.ts';
import type { Unread } from '../domain/simulation/effects.ts';

/** The result of a replay, as `--json` prints it. Times in milliseconds since the epoch. */
export interface Replay {
  /** The form of this file. */
  readonly replay: 1;
  readonly build: string;
  /** Absent: what all agents were asked. */
  readonly only?: string | undefined;
  readonly madeAt: number;
  readonly since: number;
  /** One digest of all that the folder in force says. */
  readonly digests: { readonly active: string };
  readonly verdict: ReplayVerdict;
  readonly card: ScoreCard;
  readonly cases: readonly ReplayedCase[];
  /** The situations that the build could not be asked about. */
  readonly unasked: readonly Unread[];
}

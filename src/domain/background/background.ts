import type { AlternativeFacts } from './alternatives.ts';
import type { Calibration } from './calibration.ts';
import type { MetricSeries } from './series.ts';

/**
 * What people who are asked are told beside the impact. It is found once, with the ruling, and recorded with it; nothing of it is ruled on.
 */
export interface Background {
  /** How the watched metrics were in the last hour, beside the same hour of the days before. */
  readonly series?: readonly MetricSeries[] | undefined;
  /** The share of its error budget that the target had left a day before. Absent: it is not known. */
  readonly errorBudgetDayBefore?: number | undefined;
  /** How well founded the agent's confidence was before. */
  readonly calibration?: Calibration | undefined;
  /** What the alternatives that the agent names as actions would be ruled. Absent: it names none. */
  readonly alternatives?: readonly AlternativeFacts[] | undefined;
}

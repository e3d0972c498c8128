import { reviewedByOthers } from '../ruling/break-glass-aftermath.ts';
import type { Review } from '../ruling/mode.ts';
import type { OnRecord } from './on-record.ts';

/**
 * Returns the review that is due after the action is closed; undefined when none is. An action that ran without a person's approval is
 * reviewed by a person afterwards; broken glass is reviewed even when nothing ran.
 */
export function reviewDue({ ruled, settled, executed }: OnRecord): Review | undefined {
  if (!ruled || ruled.ruling.kind === 'forbid') return undefined;
  const { ruling } = ruled;
  const settlement = settled?.settlement;
  if (settlement?.kind === 'brokenGlass' && ruling.breakGlassReview)
    return reviewedByOthers(ruling.breakGlassReview, settlement.by);
  if (!hasRun(executed) || settlement?.kind === 'approved') return undefined;
  return 'review' in ruling ? ruling.review : undefined;
}

/** Whether an action had an effect, or may have had one. */
export const hasRun = (executed: OnRecord['executed']): executed is NonNullable<OnRecord['executed']> =>
  executed !== undefined && executed.kind !== 'refused';

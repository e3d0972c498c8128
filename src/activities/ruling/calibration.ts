import type { Proposal } from '../../domain/action/action.ts';
import { type Calibration, calibrationOf } from '../../domain/background/calibration.ts';
import type { PastActions } from '../ports/past-actions.ts';
import { PATIENCE_MS, within } from '../shared/within.ts';

/** How many actions of the agent are looked at: the newest ones. */
const MOST_PAST = 200;

export interface CalibrationDeps {
  readonly pastActions: Pick<PastActions, 'ranBy'>;
}

/** Finds how well founded the confidence of an agent was before. Never throws. */
export const createCalibration =
  ({ pastActions }: CalibrationDeps) =>
  ({ agent, rationale }: Proposal): Promise<Calibration> =>
    within<Calibration>(
      PATIENCE_MS,
      pastActions.ranBy(agent.id, MOST_PAST).then(
        (past) => calibrationOf(rationale.confidence, past),
        () => unknown('its record could not be read'),
      ),
      () => unknown('not found out in time'),
    );

const unknown = (reason: string): Calibration => ({ kind: 'unknown', reason });

import { type AdmitDeps, createAdmit } from './admit.ts';
import { type CloseDeps, createClose } from './close.ts';
import { createExecute, type ExecuteDeps } from './execute.ts';
import { createMeasure, type MeasureDeps } from './measure.ts';
import { createNotify, type NotifyDeps } from './notify.ts';
import { createRule, type RuleDeps } from './rule.ts';

export type ActivityDeps = RuleDeps & AdmitDeps & ExecuteDeps & MeasureDeps & NotifyDeps & CloseDeps;

/** Every step of `governAction` that touches something. Each one is safe to repeat. */
export function createActivities(deps: ActivityDeps) {
  return {
    ...createRule(deps),
    ...createAdmit(deps),
    ...createExecute(deps),
    ...createMeasure(deps),
    ...createNotify(deps),
    ...createClose(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;

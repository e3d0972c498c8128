import type { Action } from '../action/action.ts';
import { doubtText, leadsToDoubt } from '../risk/known-good.ts';
import type { ParameterChange } from '../risk/parameter-change.ts';
import { quoted } from './agent-text.ts';
import type { Finding } from './finding.ts';

/** Rollbacks that lead to a value which is not known to be good. A rollback that went wrong weighs more than a run that nobody saw end. */
export const rollbackTargets = (
  { rollback }: Pick<Action, 'rollback'>,
  changes: readonly ParameterChange[],
): Finding[] =>
  (rollback ? leadsToDoubt(changes) : []).map((doubt) => {
    const { actionId, outcome, reason } = doubt.found;
    return {
      kind: 'notKnownGood',
      parameter: doubt.parameter,
      weight: outcome === 'rolledBack' || outcome === 'rollbackFailed' ? 3 : 2,
      // A governed system may repeat in its answer what an agent sent, so the reason is quoted.
      text: `${doubtText(doubt)} (${actionId})${reason === undefined ? '' : `: ${quoted(reason)}`}`,
    };
  });

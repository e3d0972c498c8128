import { FLOW } from '../domain/record/flow.ts';
import type { PreviewFirst } from '../domain/record/preview-on-record.ts';
import { type Admission, type AdmitDeps, createAdmission } from './admit.ts';
import { createRuling, type RuleDeps, type Ruled, type RuleInput } from './ruling/rule.ts';

/** A ruling, with the admission of an action that needs nobody's decision. */
export interface Begun {
  readonly kind: 'begun';
  /** The flow that the action goes through until its end: `FLOW` of src/domain/record/flow.ts. */
  readonly flow: number;
  readonly ruled: Ruled;
  /** Absent: the action does not run at once, or could not be admitted in this step. */
  readonly admission?: Admission | undefined;
}

export function createBegin(deps: RuleDeps & AdmitDeps) {
  const ruling = createRuling(deps);
  const admission = createAdmission(deps);

  return {
    /**
     * Rules on a proposal, and admits the action where it may run at once. INVARIANT 9: the ruling is in the ledger before the action is
     * admitted. Between the two nothing can change, so the rules are not asked twice.
     */
    begin: async (input: RuleInput): Promise<Begun | PreviewFirst> => {
      const result = await ruling(input);
      if (result.kind === 'previewFirst') return result;
      const { ruled, anew } = result;
      if (ruled.kind === 'refused' || ruled.ruling.kind === 'forbid' || ruled.ruling.mode !== 'execute')
        return { kind: 'begun', flow: FLOW, ruled };
      try {
        const admitted = await admission(anew);
        // A preview that is older than the ruling is made anew by the step that only admits.
        return admitted.kind === 'previewFirst'
          ? { kind: 'begun', flow: FLOW, ruled }
          : { kind: 'begun', flow: FLOW, ruled, admission: admitted };
      } catch {
        // The ruling stands. What keeps the action from being admitted is found again, and reported, by the step that only admits.
        return { kind: 'begun', flow: FLOW, ruled };
      }
    },
  };
}

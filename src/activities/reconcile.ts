import { ApplicationFailure } from '@temporalio/activity';
import type { Found } from '../domain/action/reconcile.ts';
import type { Reconciled } from '../domain/record/action-state.ts';
import { unsettledMs } from '../domain/record/not-there.ts';
import type { EntryBodies, OnRecord } from '../domain/record/on-record.ts';
import { digestOf } from '../domain/shared/digest.ts';
import type { Fact } from './ports/ledger.ts';
import { unlessAway } from './shared/away.ts';
import { type LookUpDeps, lookUp } from './shared/look-up.ts';
import { type Case, caseOf, notOnRecord, type StepDeps } from './shared/step.ts';

export type ReconcileDeps = LookUpDeps & StepDeps;

/** What was found, and how long until "not there" can be believed, in milliseconds. */
export interface ReconcileResult extends Reconciled {
  readonly unsettledMs: number;
}

export function createReconcile(deps: ReconcileDeps) {
  const { ledger, step } = deps;

  return {
    /**
     * Looks up whether the effect of an action is there, where nobody knows whether it ran. INVARIANT 13: what is asked is part of what
     * was approved, and what the installation says now. INVARIANT 8: `execute` sends nothing any more once an answer is on record. INVARIANT 9: what was found is on record before anything follows from it; while
     * the ledger is away it is not known, and the effect is taken back.
     *
     * @throws ApplicationFailure `EffectUnknown` where the answer does not tell: it may be asked again
     */
    reconcile: async (): Promise<ReconcileResult> => {
      const ledgerAnswer = await unlessAway(() => caseOf(deps));
      if (ledgerAnswer.kind === 'away') return { ...LEDGER_AWAY, at: step().at };
      const caseNow = ledgerAnswer.value;
      const { record, at } = caseNow;
      const { reconcile, digest } = unknownIn(record);
      const before = record.reconciled.find(({ found }) => found === 'present');
      if (before) return { found: before.found, summary: before.summary, at: before.at, unsettledMs: 0 };
      const found = await lookUp(deps, record, reconcile);
      const appended = await unlessAway(() => ledger.append(factOf(caseNow, { ...found, digest })));
      if (appended.kind === 'away') return { ...LEDGER_AWAY, at };
      if (found.found === 'unknown')
        throw ApplicationFailure.create({ type: 'EffectUnknown', message: found.summary });
      return { ...found, at, unsettledMs: unsettledMs(record, at) };
    },
  };
}

/**
 * What is asked about an effect that may be there.
 *
 * @throws ApplicationFailure `NotOnRecord` where it is known whether it is there, or nobody said how to ask
 */
function unknownIn({ ruled, admitted, executed, takingBack, takenBack, closed }: OnRecord) {
  const reconcile = ruled?.action.reconcile;
  if (!admitted || closed) throw notOnRecord('it does not run');
  if (executed?.kind === 'done' || executed?.kind === 'refused')
    throw notOnRecord('it is known whether it ran');
  if (takingBack || takenBack) throw notOnRecord('it is being taken back');
  if (!reconcile) throw notOnRecord('its action type does not say how to look the effect up');
  return { reconcile, digest: admitted.digest };
}

function factOf({ actionId, runId, at }: Case, body: EntryBodies['reconciled']): Fact {
  const attempt = digestOf({ body, at }).slice(0, 16);
  return { eventId: `${actionId}/${runId}/reconciled/${attempt}`, actionId, kind: 'reconciled', at, body };
}

const unknown = (summary: string): Found => ({ found: 'unknown', summary });

const LEDGER_AWAY = { ...unknown('the ledger does not answer'), unsettledMs: 0 };

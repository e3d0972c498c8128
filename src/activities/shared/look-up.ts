import type { Reconcile } from '../../domain/action/action.ts';
import { type Found, foundIn } from '../../domain/action/reconcile.ts';
import { authorityOn, type OnRecord } from '../../domain/record/on-record.ts';
import { canonicalJson } from '../../domain/shared/digest.ts';
import type { Reconciler } from '../ports/reconciler.ts';
import { previewFor } from './preview-for.ts';
import { type ResolvingDeps, resolvedAgain } from './resolve-proposal-again.ts';
import type { Executors } from './send.ts';

export interface LookUpDeps extends ResolvingDeps {
  readonly reconciler: Reconciler;
  readonly executors: Executors;
}

/** Looks up whether the effect of an action is there. INVARIANT 13: what is asked is part of what was approved, and what the installation says now. */
export async function lookUp(deps: LookUpDeps, record: OnRecord, reconcile: Reconcile): Promise<Found> {
  const resolution = await resolvedAgain(deps, record);
  const isSame =
    resolution.kind === 'resolved' &&
    canonicalJson(resolution.action.reconcile ?? null) === canonicalJson(reconcile);
  if (!isSame) return unknown('the installation of this worker would ask something else');
  if ('by' in reconcile) return lookUpByExecutor(deps, record);
  const result = await deps.reconciler.ask(reconcile.ask);
  return result.kind === 'answer' ? foundIn(reconcile, result.answer) : unknown(result.reason);
}

async function lookUpByExecutor({ executors, ledger }: LookUpDeps, record: OnRecord): Promise<Found> {
  const { actionId, ruled } = record;
  if (!ruled) return unknown('it is not ruled on');
  const { execute } = ruled.action;
  const { lookUp: ask } = executors[execute.executor];
  if (!ask) return unknown(`the executor ${execute.executor} cannot look it up`);
  const preview = await previewFor(ledger, record);
  return ask({
    plan: execute,
    actionId,
    idempotencyKey: actionId,
    preview,
    authority: authorityOn(record),
    job: record.jobs.there,
  });
}

const unknown = (summary: string): Found => ({ found: 'unknown', summary });

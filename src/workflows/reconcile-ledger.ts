import type { ReconciledAction, ReconcileReport, ToReconcile } from '../domain/record/reconciliation.ts';
import { actionsToReconcile, reconcileActions } from './activities.ts';

/** How many actions one activity looks at: each is a look into Temporal, and may be one into a governed system. */
const AT_ONCE = 20;
/** How many actions that do not agree are named; the others are counted. */
const MOST_NAMED = 500;

/**
 * Holds ledger, Temporal and the governed system against each other, action by action, and pages on-call about what differs. A Temporal Schedule
 * starts it each day, and `countersign ledger reconcile` when somebody asks.
 */
export async function reconcileLedger(asked: ToReconcile): Promise<ReconcileReport> {
  const ids = 'actionId' in asked ? [asked.actionId] : await actionsToReconcile(asked);
  const count = { agrees: 0, differs: 0, unknown: 0 };
  const named: ReconciledAction[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE)
    for (const action of await reconcileActions(ids.slice(from, from + AT_ONCE))) {
      count[action.kind] += 1;
      if (action.kind === 'agrees' && action.completed === 0) continue;
      if (named.length < MOST_NAMED || action.kind === 'differs') named.push(action);
    }
  return { ...count, actions: named.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind]) };
}

const ORDER = { differs: 0, unknown: 1, agrees: 2 } as const;

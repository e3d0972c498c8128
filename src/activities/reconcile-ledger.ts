import { actionWorkflowId } from '../contract/ids.ts';
import type { ReadEntry } from '../domain/ledger/ledger.ts';
import { lastOnRecord, type OnRecord } from '../domain/record/on-record.ts';
import { type Effect, type ReconciledAction, reconciliationOf } from '../domain/record/reconciliation.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { aboutIt } from './notify.ts';
import type { Pager } from './ports/channels.ts';
import type { Histories } from './ports/histories.ts';
import type { Fact } from './ports/ledger.ts';
import type { PastActions } from './ports/past-actions.ts';
import { type LookUpDeps, lookUp } from './shared/look-up.ts';
import { completeTornEnd, type TornEndDeps } from './shared/torn-end.ts';

/** What our database says of actions. Throws while the store is unreachable. */
export interface RecentActions {
  /** The ids of the actions that have not ended, or ended since then. @param since milliseconds since the epoch */
  since(since: number): Promise<readonly string[]>;
  /** All entries about an action, as they stand now: not as a worker remembers them. */
  entriesOf(actionId: string): Promise<readonly ReadEntry[]>;
}

export interface ReconcileLedgerDeps extends LookUpDeps, TornEndDeps {
  readonly histories: Histories;
  readonly recentActions: RecentActions;
  readonly pastActions: Pick<PastActions, 'ranSince'>;
  readonly pager: Pager;
  readonly now: () => number;
}

/** Holds ledger, Temporal and the governed system against each other. Whoever asks decides nothing but where to look. */
export function createReconcileLedger(deps: ReconcileLedgerDeps) {
  const { ledger, histories, recentActions, pastActions, pager, now } = deps;

  async function reconciled(actionId: string): Promise<ReconciledAction> {
    const before = lastOnRecord(actionId, await recentActions.entriesOf(actionId));
    const history = await histories.of(actionId, before?.runId);
    const completed = history.kind === 'ended' ? await completeTornEnd(deps, actionId) : 0;
    const entries = await recentActions.entriesOf(actionId);
    const record = lastOnRecord(actionId, entries);
    const result = reconciliationOf(actionId, entries, history, await effectOf(record), now());
    if (result.kind === 'differs' && record) await page(record, result.reasons);
    return { actionId, completed, ...result };
  }

  /** Of an effect that the ledger says stands: after a rollback, and after a later action on the target, nothing follows from the answer. */
  async function effectOf(record: OnRecord | undefined): Promise<Effect> {
    const { action } = record?.ruled ?? {};
    if (!record?.admitted || !action?.reconcile || record.closed?.outcome.kind !== 'succeeded')
      return { found: 'notAsked' };
    const later = await pastActions.ranSince(action, record.admitted.at);
    if (later.some((other) => other.actionId !== action.id)) return { found: 'notAsked' };
    return lookUp(deps, record, action.reconcile);
  }

  /** Pages on-call about a difference, once: what was paged is in the ledger. A pager that is away is asked again the next day. */
  async function page({ actionId, runId, ruled, told }: OnRecord, reasons: readonly string[]): Promise<void> {
    const step = `differs-${digestOf(reasons).slice(0, 12)}`;
    if (!ruled || told.some((delivery) => delivery.step === step)) return;
    const { onCall } = ruled.ruling.people;
    const about = { workflowId: actionWorkflowId(actionId), runId };
    const message = { ...aboutIt(about, ruled, { kind: 'differs', step }), said: reasons.join('; ') };
    const sent = await pager.send(message, onCall);
    if (sent.kind !== 'delivered') return;
    const delivery = {
      step,
      by: 'page',
      whom: 'on-call',
      people: onCall,
      delivered: true,
      detail: sent.detail,
    };
    const fact: Fact = {
      eventId: `${actionId}/${runId}/told/${step}`,
      actionId,
      kind: 'told',
      at: now(),
      body: { deliveries: [delivery] },
    };
    await ledger.append(fact);
  }

  return {
    /** The ids of the actions to look at: those that the ledger has, and those that Temporal has. */
    actionsToReconcile: async ({ withinMs }: { readonly withinMs: number }): Promise<readonly string[]> => {
      const since = now() - withinMs;
      const [recorded, ended] = await Promise.all([recentActions.since(since), histories.endedSince(since)]);
      return [...new Set([...recorded, ...ended])];
    },

    /** Looks at these actions, one after the other. */
    reconcileActions: async (actionIds: readonly string[]): Promise<readonly ReconciledAction[]> => {
      const all: ReconciledAction[] = [];
      for (const actionId of actionIds) all.push(await reconciled(actionId));
      return all;
    },
  };
}

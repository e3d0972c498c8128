import { type AccuracyDeps, createAccuracy } from './accuracy.ts';
import { type AdmitDeps, createAdmit } from './admit.ts';
import { type AdviseDeps, createAdvise } from './advise.ts';
import { createBegin } from './begin.ts';
import { createCheck } from './check.ts';
import { type CloseDeps, createClose } from './closing/close.ts';
import { type ContextDeps, createContext } from './context.ts';
import { createDrill, type DrillDeps } from './drill.ts';
import { createExecute, type ExecuteDeps } from './execute.ts';
import { createHandIn, type HandInDeps } from './handed-in.ts';
import { createNotify, type NotifyDeps } from './notify.ts';
import { createOrder, type OrderDeps } from './orders/order.ts';
import { createErased } from './orders/order-ledger.ts';
import { createReports } from './orders/order-report.ts';
import { createPageWithoutLedger, type PageWithoutLedgerDeps } from './page-without-ledger.ts';
import { createPreview, type PreviewDeps } from './preview.ts';
import { createReconcile, type ReconcileDeps } from './reconcile.ts';
import { createReconcileLedger, type ReconcileLedgerDeps } from './reconcile-ledger.ts';
import { createRecord } from './record.ts';
import { createReview, type ReviewDeps } from './review.ts';
import { createRevise } from './ruling/revise.ts';
import { createRule, type RuleDeps } from './ruling/rule.ts';
import { createTakeBacks } from './ruling/take-back.ts';
import { createTryRulings } from './ruling/try-rulings.ts';
import { createSendReport, type ReportDeps } from './send-report.ts';
import { createSettle, type SettleDeps } from './settle.ts';
import { createDelegations, type DelegationDeps } from './shared/delegations.ts';
import { createStanding, type StandingDeps } from './shared/standing.ts';
import { type CheckpointDeps, createSignCheckpoint } from './sign-checkpoint.ts';
import { createMeasure, type MeasureDeps } from './watch/measure.ts';
import { createOutside } from './watch/outside.ts';

export type ActivityDeps = RuleDeps &
  SettleDeps &
  AdmitDeps &
  PreviewDeps &
  ExecuteDeps &
  ReconcileDeps &
  MeasureDeps &
  NotifyDeps &
  PageWithoutLedgerDeps &
  CloseDeps &
  ReviewDeps &
  StandingDeps &
  AdviseDeps &
  AccuracyDeps &
  DelegationDeps &
  HandInDeps &
  ContextDeps &
  CheckpointDeps &
  ReportDeps &
  ReconcileLedgerDeps &
  DrillDeps &
  OrderDeps;

/**
 * Every step that touches something, each safe to repeat. INVARIANT 13: anybody who reaches the Temporal server can ask for any
 * step, from a workflow of their own or from none. So each step is the enforcement point of what it changes: it goes by the
 * installation, by signatures that it verifies itself, and by what the ledger holds of the run that the step is in.
 */
export function createActivities(deps: ActivityDeps) {
  return {
    // These change nothing, and clients ask for them by themselves.
    ...createCheck(deps),
    ...createStanding(deps),
    ...createAdvise(deps),
    ...createAccuracy(deps),
    ...createDelegations(deps),
    ...createReports(deps),
    ...createErased(deps),
    ...createTakeBacks(deps),
    ...createTryRulings(deps),
    // This keeps statements that prove themselves. Clients ask for it when a workflow can take no more messages.
    ...createHandIn(deps),
    // This keeps what the ledger names. Agents ask for it once they have proposed.
    ...createContext(deps),
    // This signs what is there, whoever asks.
    ...createSignCheckpoint(deps),
    // This sends what is due, whoever asks.
    ...createSendReport(deps),
    // This looks, completes the ledger with what our workers sealed, and pages what differs, whoever asks.
    ...createReconcileLedger(deps),
    // This asks people about nothing that could run, as often as the ledger says that it may, whoever asks.
    ...createDrill(deps),
    ...createOrder(deps),
    ...createRule(deps),
    ...createBegin(deps),
    ...createPreview(deps),
    ...createRevise(deps),
    ...createRecord(deps),
    ...createSettle(deps),
    ...createAdmit(deps),
    ...createExecute(deps),
    ...createReconcile(deps),
    ...createMeasure(deps),
    ...createOutside(deps),
    ...createNotify(deps),
    ...createPageWithoutLedger(deps),
    ...createClose(deps),
    ...createReview(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;

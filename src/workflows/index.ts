export { carryOutOrder } from './carry-out-order.ts';
export { checkpointLedger } from './checkpoint-ledger.ts';
export { drawDrill, drill } from './drill.ts';
export { governAction } from './govern-action.ts';
export { reconcileLedger } from './reconcile-ledger.ts';
export { reportLedger } from './report-ledger.ts';
export { reviewAction } from './review-action.ts';

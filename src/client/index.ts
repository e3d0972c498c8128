/**
 * The SDK that agents import.
 *
 * @example
 * const countersign = await connect({ address: '127.0.0.1:7233' });
 * const action = await countersign.propose({ actionType: 'cache.flush', target: 'catalog', ... });
 * const { outcome } = await action.result();
 */
export {
  ActionNotFound,
  AnswerRefused,
  ContextRefused,
  DecisionRefused,
  IdempotencyConflict,
  OrderRefused,
  ProposalRefused,
} from '../contract/errors.ts';
export type { Alternative, AlternativeAction, Proposal, Tier } from '../domain/action/action.ts';
export type { Outcome, OutcomeKind } from '../domain/action/outcome.ts';
export type { Report } from '../domain/action/reported.ts';
export type { Hold } from '../domain/admission/hold.ts';
export type { Advice } from '../domain/advice/advice.ts';
export type { Delegation, DelegationScope } from '../domain/approval/delegation.ts';
export type { AskedQuestion } from '../domain/approval/interventions.ts';
export type { Approver, Quorum, Requirement } from '../domain/approval/requirement.ts';
export type { StandingReport } from '../domain/autonomy/promotion.ts';
export type { Background } from '../domain/background/background.ts';
export type { Explanation } from '../domain/explanation/explanation.ts';
export type { Accuracy } from '../domain/learning/accuracy.ts';
export type { CarriedOut } from '../domain/orders/order.ts';
export type { AgentContext } from '../domain/proposal/context.ts';
export type { ActionState, Closed, ReviewState, Status } from '../domain/record/action-state.ts';
export type { Mode } from '../domain/ruling/mode.ts';
export type { Ruling } from '../domain/ruling/ruling.ts';
export type { Fault, Json } from '../domain/shared/json.ts';
export { ActionHandle } from './action-handle.ts';
export { withContext } from './context.ts';
export { type ConnectOptions, Countersign, connect } from './countersign.ts';
export { signProposal } from './sign.ts';

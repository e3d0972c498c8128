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
  DecisionRefused,
  IdempotencyConflict,
  OrderRefused,
  ProposalRefused,
} from '../contract/errors.ts';
export type { Alternative, Proposal, Tier } from '../domain/action.ts';
export type { Delegation, DelegationScope } from '../domain/delegation.ts';
export type { StandingReport } from '../domain/evidence.ts';
export type { Explanation } from '../domain/explanation.ts';
export type { Hold } from '../domain/hold.ts';
export type { Fault, Json } from '../domain/json.ts';
export type { Mode } from '../domain/mode.ts';
export type { CarriedOut } from '../domain/order.ts';
export type { Outcome, OutcomeKind } from '../domain/outcome.ts';
export type { Approver, Quorum, Requirement } from '../domain/requirement.ts';
export type { Ruling } from '../domain/ruling.ts';
export type { AskedQuestion } from '../domain/said.ts';
export type { ActionState, Closed, ReviewState, Status } from '../domain/state.ts';
export { ActionHandle } from './action-handle.ts';
export { type ConnectOptions, Countersign, connect } from './countersign.ts';
export { signProposal } from './sign.ts';

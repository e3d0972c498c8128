import type { Refusal } from '../domain/approval/refusal.ts';
import type { Fault } from '../domain/shared/json.ts';

/** The `type` of every ApplicationFailure that Countersign raises. Match on it, never on a message. */
export const FAILURES = [
  /** The proposal is refused whole; `details[0]` holds every fault. */
  'ProposalRefused',
  /** The idempotency key belongs to an action with other content. */
  'IdempotencyConflict',
  /** The action is ruled on already: its state says how. */
  'AlreadyRuled',
  /** A decision is refused; `details[0]` holds the reason's name. */
  'DecisionRefused',
  /** An answer is refused: no such question is open, or it is no text. */
  'AnswerRefused',
  /** An order is refused and nothing of it was carried out; `details[0]` holds everything that speaks against it. */
  'OrderRefused',
  /** The governed system refused the request: it had no effect, and repeating it is pointless. */
  'EffectRefused',
  /** The governed system gave no final answer: the request may have had its effect. */
  'EffectUnknown',
  /** What was asked of a step does not follow from what the ledger holds. */
  'NotOnRecord',
  /** The ledger cannot be asked now. Where the effect stands already, the step goes on without it. */
  'LedgerAway',
  /** A message was refused for good by its channel. */
  'NotDeliverable',
] as const;
export type FailureType = (typeof FAILURES)[number];

/** The agent asked for something that cannot be governed. Nothing was started. */
export class ProposalRefused extends Error {
  override readonly name = 'ProposalRefused';
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(`The proposal is refused:\n${linesOf(faults)}`);
    this.faults = faults;
  }
}

/** An order that is not carried out, and everything that speaks against it. Nothing was changed. */
export class OrderRefused extends Error {
  override readonly name = 'OrderRefused';
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(`The order is refused:\n${linesOf(faults)}`);
    this.faults = faults;
  }
}

/** The idempotency key already names an action with other content. */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict';
}

/** A decision that does not count, and why. */
export class DecisionRefused extends Error {
  override readonly name = 'DecisionRefused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

/** An answer that was not taken, and why. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
}

/** No action with this id is known to the Temporal server. */
export class ActionNotFound extends Error {
  override readonly name = 'ActionNotFound';
}

const linesOf = (faults: readonly Fault[]) =>
  faults.map(({ where, problem }) => `  ${where}: ${problem}`).join('\n');

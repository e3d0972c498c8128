import type { Refusal } from '../domain/approval/refusal.ts';
import type { Fault } from '../domain/shared/json.ts';

/** The `type` of every ApplicationFailure that Countersign raises. Match on it, never on a message. */
export const FAILURES = [
  /** The whole proposal is refused; `details[0]` contains every fault. */
  'ProposalRefused',
  /** The idempotency key belongs to an action with other content. */
  'IdempotencyConflict',
  /** The action is ruled on already: its state contains the ruling. */
  'AlreadyRuled',
  /** A decision is refused; `details[0]` contains the name of the reason. */
  'DecisionRefused',
  /** An answer is refused: no such question is open, or it is not valid text. */
  'AnswerRefused',
  /** What an agent hands in as its context is not what its proposal names. */
  'ContextRefused',
  /** An order is refused and no part of it was carried out; `details[0]` contains everything that speaks against it. */
  'OrderRefused',
  /** The governed system refused the request: it had no effect, and repeating it is pointless. */
  'EffectRefused',
  /** The governed system gave no final answer: the request may have had its effect. */
  'EffectUnknown',
  /** The ledger does not contain what a step needs in order to do what it was asked. */
  'NotOnRecord',
  /** The ledger cannot be reached now. If the effect stands already, the step goes on without it. */
  'LedgerAway',
  /** A channel refused a message permanently. */
  'NotDeliverable',
  /** The ledger is broken, or does not go on from its last checkpoint: no checkpoint of it is signed. */
  'LedgerNotSigned',
  /** The installation does not have what was asked for. */
  'NotConfigured',
] as const;
export type FailureType = (typeof FAILURES)[number];

/** The agent proposed an action that cannot be governed. Nothing runs, and the idempotency key is still free. */
export class ProposalRefused extends Error {
  override readonly name = 'ProposalRefused';
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(`The proposal is refused:\n${linesOf(faults)}`);
    this.faults = faults;
  }
}

/** An order was refused, with everything that speaks against it. Nothing was changed. */
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

/** A decision does not count, with the reason. */
export class DecisionRefused extends Error {
  override readonly name = 'DecisionRefused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

/** An answer was refused, with the reason. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
}

/** A context was not kept, with the reason. The action that was proposed goes on without it. */
export class ContextRefused extends Error {
  override readonly name = 'ContextRefused';
}

/** The Temporal server knows no action with this id. */
export class ActionNotFound extends Error {
  override readonly name = 'ActionNotFound';
}

const linesOf = (faults: readonly Fault[]) =>
  faults.map(({ where, problem }) => `  ${where}: ${problem}`).join('\n');

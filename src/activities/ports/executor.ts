import type { Plan } from '../../domain/action/action.ts';

export interface Effect {
  readonly plan: Plan;
  readonly actionId: string;
  /** Repeated on every attempt, so that the governed system can recognise a repeated request. */
  readonly idempotencyKey: string;
  /** Grows with every lease on the target, and once more for a rollback. The governed system refuses an older token. */
  readonly fencingToken: number;
}

export type EffectResult =
  | { readonly kind: 'done'; readonly summary: string }
  /** The governed system's final no: there was no effect. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** There was no final answer, so there may have been an effect. It is repeated with the same key where the plan allows repeats. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Sends a plan to the governed system. Never throws for what the other side does. */
export interface Executor {
  run(effect: Effect): Promise<EffectResult>;
}

import type { Inquiry } from '../../domain/action/action.ts';
import type { EffectAnswer } from '../../domain/action/reconcile.ts';

export type Reconciliation =
  | { readonly kind: 'answer'; readonly answer: EffectAnswer }
  /** Nothing came back that says anything about the effect. */
  | { readonly kind: 'none'; readonly reason: string };

/** Asks whether an effect is there. It changes nothing. Never throws for what the other side does. */
export interface Reconciler {
  ask(inquiry: Inquiry): Promise<Reconciliation>;
}

import { digestOf } from '../shared/digest.ts';
import type { Action } from './action.ts';

/** Digests of what a ruling rested on: rules, which a running action never changes under way, and facts. */
export interface Pins {
  readonly policy: string;
  readonly catalog: string;
  readonly actionType: string;
  /** Of the impact as it was assessed: what an approver saw is part of what is signed. */
  readonly impact: string;
}

/**
 * INVARIANT 2: the digest that people sign and that admit and the executor recompute.
 * It covers the resolved requests, the rollback and the watch, the rules they were ruled under, and the impact.
 */
export function actionDigest(action: Action, pins: Pins): string {
  return digestOf({ action, pins });
}

import { digestOf } from '../shared/digest.ts';
import type { Action } from './action.ts';

/** The digests of what a ruling depends on: the rules, which never change for an action that runs, and the facts. */
export interface Pins {
  readonly policy: string;
  readonly catalog: string;
  readonly actionType: string;
  /** The digest of the impact as assessed, so that the facts an approver saw are part of what is signed. */
  readonly impact: string;
}

/**
 * INVARIANT 2: the digest that people sign and that admit and the executor recompute.
 * It covers the resolved requests, the rollback and the watch, the rules they were ruled under, and the impact.
 */
export function actionDigest(action: Action, pins: Pins): string {
  return digestOf({ action, pins });
}

import type { Plan } from '../../domain/action/action.ts';
import type { Preview, Previewed } from '../../domain/action/preview.ts';
import type { Found } from '../../domain/action/reconcile.ts';
import type { Authority } from '../../domain/action/session-name.ts';

export interface Effect {
  readonly plan: Plan;
  readonly actionId: string;
  /** Repeated on every attempt, so that the governed system can recognise a repeated request. */
  readonly idempotencyKey: string;
  /** Grows with every lease on the target, and once more for a rollback. The governed system refuses an older token. */
  readonly fencingToken: number;
  /**
   * What people saw and approved, or, for a rollback, the preview of the effect that it takes back. The executor applies nothing else. Absent: the
   * executor makes no previews.
   */
  readonly preview?: Preview | undefined;
  /** For whom a credential is minted: as the ledger says, or a ticket that it sealed. Absent: none can be minted. */
  readonly authority?: Authority | undefined;
  /** The job that an earlier attempt began, as the ledger says: it is followed, and none is begun. Absent: there is none. */
  readonly job?: BegunJob | undefined;
}

/** A job that the governed system accepted and finishes later. */
export interface BegunJob {
  /** The address that says how it stands. */
  readonly statusUrl: string;
  /** Since when it is followed: milliseconds since the epoch. */
  readonly since: number;
}

/** What an executor says, and asks, while an effect takes its time. */
export interface Progress {
  /** Keeps where a job is followed, before it is: an attempt that takes over goes on there. */
  began(statusUrl: string): Promise<void>;
  /** Why the effect is not wanted any more. Undefined: it is. */
  unwanted(): Promise<string | undefined>;
}

export type EffectResult =
  | { readonly kind: 'done'; readonly summary: string }
  /** The governed system's final no: there was no effect. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** There was no final answer, so there may have been an effect. It is repeated with the same key where the plan allows repeats. */
  | {
      readonly kind: 'unknown';
      readonly reason: string;
      /** Sending it once more would change nothing about that. */
      readonly isFinal?: true | undefined;
    };

/** Whether the governed system is, after an effect, as the effect was to leave it. */
export type Verified =
  | { readonly kind: 'verified'; readonly summary: string }
  | { readonly kind: 'notSo'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Sends plans to the governed system. No method throws for what the other side does. What an executor cannot do it leaves out, and
 * `src/domain/action/abilities.ts` says so to people.
 */
export interface Executor {
  /**
   * Asks the governed system what a plan would do, and changes nothing.
   *
   * @param undoes the preview of the effect that the plan takes back, where it takes one back
   */
  preview?(plan: Plan, undoes?: Preview): Promise<Previewed>;
  /**
   * Has the effect. Where there is a preview, the executor itself makes sure that the system still is as the preview says, and refuses
   * otherwise: between the last look and the effect nothing may slip in.
   */
  run(effect: Effect, progress?: Progress): Promise<EffectResult>;
  /** Asks whether the effect is so, after `run` was done. It waits for it, within the plan's time. */
  verify?(effect: Effect): Promise<Verified>;
  /** Asks whether an effect is there of which nobody knows whether it ran. Nothing is sent, so it has no token. */
  lookUp?(effect: Omit<Effect, 'fencingToken'>): Promise<Found>;
}

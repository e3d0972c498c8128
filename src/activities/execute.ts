import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import type { Action, Plan } from '../domain/action.ts';
import { actionDigest, type Pins } from '../domain/digest.ts';
import type { Receipt } from '../domain/state.ts';
import { failure } from './failure.ts';

export interface Effect {
  readonly plan: Plan;
  readonly actionId: string;
  /** Repeated on every attempt, so that the governed system can recognise a repeated request. */
  readonly idempotencyKey: string;
  /** Grows with every lease on the target; the governed system refuses an older one. */
  readonly fencingToken: number;
}

export type EffectResult =
  | { readonly kind: 'done'; readonly summary: string }
  /** The governed system's final no: there was no effect. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** No final answer: there may have been an effect. Repeating with the same key is safe. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Sends a plan to the governed system. Never throws for what the other side does. */
export interface Executor {
  run(effect: Effect): Promise<EffectResult>;
}

export interface ExecuteInput {
  readonly action: Action;
  readonly pins: Pins;
  /** The digest that was admitted. */
  readonly digest: string;
  readonly fencingToken: number;
}

export interface ExecuteDeps {
  readonly executors: Readonly<Record<Plan['executor'], Executor>>;
  readonly now: () => number;
}

/** `execute` and `rollBack`: the only activities that change production. */
export function createExecute({ executors, now }: ExecuteDeps) {
  async function run(input: ExecuteInput, plan: Plan, idempotencyKey: string): Promise<Receipt> {
    // INVARIANT 2: what runs is what was approved, checked with nothing between this line and the request.
    const digest = actionDigest(input.action, input.pins);
    if (digest !== input.digest) {
      throw failure(
        'DigestMismatch',
        `the action has digest ${digest}, admitted was ${input.digest}; nothing was sent`,
      );
    }
    const { action, fencingToken } = input;
    const { attempt } = activityInfo();
    const result = await executors[plan.executor].run({
      plan,
      actionId: action.id,
      idempotencyKey,
      fencingToken,
    });
    switch (result.kind) {
      case 'done':
        return { summary: result.summary, at: now() };
      case 'refused':
        // After an attempt without an answer, a no says nothing of what that attempt did.
        throw attempt === 1
          ? failure('EffectRefused', result.reason)
          : failure(
              'EffectUnknown',
              `attempt ${attempt} was refused, an earlier one had no answer: ${result.reason}`,
            );
      case 'unknown':
        throw ApplicationFailure.create({
          type: 'EffectUnknown',
          message: `${result.reason} (attempt ${attempt})`,
        });
    }
  }

  return {
    /** Runs the action. Raises `EffectRefused` when there was no effect, `EffectUnknown` when there may have been. */
    execute: (input: ExecuteInput): Promise<Receipt> => run(input, input.action.execute, input.action.id),

    /** Takes the action back with the rollback that was part of what was approved. */
    rollBack: (input: ExecuteInput): Promise<Receipt> => {
      const { rollback, id } = input.action;
      if (!rollback) throw failure('EffectRefused', `${id} has no rollback`);
      return run(input, rollback, `${id}/rollback`);
    },
  };
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { activityInfo } from '@temporalio/activity';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { InjectedSinks, WorkerInterceptors } from '@temporalio/worker';
import { SCENARIO_TIME, SHIFT } from './names.ts';
import type { TimerSinks } from './workflow-clock.ts';

export interface Timer {
  readonly workflowId: string;
  /** Milliseconds since the epoch, by the scenario's clock. */
  readonly due: number;
}

/**
 * The clock of one exercise. Each workflow has a time of its own, because the server skips the time of one workflow at a time. So what is now
 * depends on who asks: an activity has the time of its workflow, everything else has the time that the driver has come to.
 */
export class ScenarioClock {
  #now: number;
  readonly #activity = new AsyncLocalStorage<() => number>();
  readonly #timers = new Map<string, Timer>();
  /** By workflow: how far the scenario is ahead of the server's clock, in milliseconds. */
  readonly #shifts = new Map<string, number>();

  /** @param begins when the scenario begins, in milliseconds since the epoch */
  constructor(begins: number) {
    this.#now = begins;
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => this.#activity.getStore()?.() ?? this.#now;

  /** Time never goes back. */
  advanceTo(at: number): void {
    this.#now = Math.max(this.#now, at);
  }

  /** The timers that run, the earliest first. */
  timers(): Timer[] {
    return [...this.#timers.values()].sort((a, b) => a.due - b.due);
  }

  /** How far a workflow of this exercise is ahead of the server's clock; undefined for any other. */
  shiftOf = (workflowId: string): number | undefined => this.#shifts.get(workflowId);

  /** The workflows that have not ended, as far as is known. */
  workflows = (): readonly string[] => [...this.#shifts.keys()];

  /** Notes when a workflow tries a step again that failed: that is a timer of the server. Undefined: no step failed. */
  retriesAt(workflowId: string, due: number | undefined): void {
    const key = `${workflowId} retry`;
    if (due === undefined) this.#timers.delete(key);
    else this.#timers.set(key, { workflowId, due });
  }

  /** Forgets a workflow that has ended. */
  ended(workflowId: string): void {
    this.#shifts.delete(workflowId);
    for (const [key, timer] of this.#timers) if (timer.workflowId === workflowId) this.#timers.delete(key);
  }

  /** Of the worker: an activity is told the time of its workflow. */
  readonly worker: WorkerInterceptors = {
    activity: [
      () => ({
        inbound: {
          execute: (input, next) => {
            const header = input.headers[SCENARIO_TIME];
            if (!header) return next(input);
            const { currentAttemptScheduledTimestampMs, scheduledTimestampMs, isLocal } = activityInfo();
            const asked = defaultPayloadConverter.fromPayload<number>(header);
            const waited = isLocal ? 0 : currentAttemptScheduledTimestampMs - scheduledTimestampMs;
            const began = performance.now();
            return this.#activity.run(
              () => asked + waited + Math.floor(performance.now() - began),
              () => next(input),
            );
          },
        },
      }),
    ],
  };

  /** Of the worker: what the workflows say of their timers. */
  readonly sinks: InjectedSinks<TimerSinks> = {
    timers: {
      started: {
        fn: ({ workflowId }, timer, due) => {
          this.#timers.set(`${workflowId} ${timer}`, { workflowId, due });
        },
      },
      over: {
        fn: ({ workflowId }, timer) => {
          this.#timers.delete(`${workflowId} ${timer}`);
        },
      },
    },
  };

  /** Of the client: a workflow begins at the time that it is now in the scenario. */
  readonly client: WorkflowClientInterceptor = {
    start: (input, next) => next({ ...input, options: this.#shifted(input.options) }),
    startUpdateWithStart: (input, next) =>
      next({ ...input, workflowStartOptions: this.#shifted(input.workflowStartOptions) }),
  };

  #shifted<Options extends { readonly workflowId: string; readonly memo?: Record<string, unknown> }>(
    options: Options,
  ): Options {
    const shift = this.now() - Date.now();
    this.#shifts.set(options.workflowId, shift);
    return { ...options, memo: { ...options.memo, [SHIFT]: shift } };
  }
}

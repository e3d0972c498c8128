/**
 * Interceptors that an exercise's worker adds to the workflows: nothing else differs from a real worker. `Date` gives the time of the
 * scenario, each activity is told that time, and the driver is told of each timer. Only the bundle of exercises holds this module.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import {
  proxySinks,
  type Sinks,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
  workflowInfo,
} from '@temporalio/workflow';
import { SCENARIO_TIME, SHIFT } from './names.ts';

export interface TimerSinks extends Sinks {
  timers: {
    /** @param due in milliseconds since the epoch, by the scenario's clock */
    started(timer: number, due: number): void;
    over(timer: number): void;
  };
}

const { timers } = proxySinks<TimerSinks>();

export function interceptors(): WorkflowInterceptors {
  showScenarioTime();
  return { outbound: [outbound] };
}

const outbound: WorkflowOutboundCallsInterceptor = {
  startTimer: async (input, next) => {
    timers.started(input.seq, Date.now() + input.durationMs);
    try {
      await next(input);
    } finally {
      timers.over(input.seq);
    }
  },
  scheduleActivity: (input, next) => next({ ...input, headers: { ...input.headers, ...time() } }),
  scheduleLocalActivity: (input, next) => next({ ...input, headers: { ...input.headers, ...time() } }),
};

const time = () => ({ [SCENARIO_TIME]: defaultPayloadConverter.toPayload(Date.now()) });

/** Replaces `Date` for this workflow alone. The memo says by how much the scenario is ahead of the server's clock. */
function showScenarioTime(): void {
  const ServersDate = Date;
  const now = () => ServersDate.now() + Number(workflowInfo().memo?.[SHIFT] ?? 0);
  function ScenarioDate(...args: []): Date {
    return args.length > 0 ? new ServersDate(...args) : new ServersDate(now());
  }
  ScenarioDate.now = now;
  ScenarioDate.parse = ServersDate.parse;
  ScenarioDate.UTC = ServersDate.UTC;
  ScenarioDate.prototype = ServersDate.prototype;
  Object.assign(globalThis, { Date: ScenarioDate });
}

import type { EffectResult, Executor } from '../activities/ports/executor.ts';
import type { Plan } from '../domain/action/action.ts';
import { isWithin, type Scenario, type ScriptedProposal } from '../domain/exercise/scenario.ts';
import type { SeenEffect } from '../domain/exercise/sighting.ts';

/** What is governed in an exercise: it remembers effects, and its metrics get worse when the scenario says so. */
export interface Governed {
  readonly executor: Executor;
  /** How the metrics of a service are at a time, in milliseconds since the epoch. */
  health(service: string, at: number): 'healthy' | 'regressed' | 'unreadable';
  /** For how many of the milliseconds before then the metrics of a service were worse. */
  worseFor(service: string, at: number): number;
  /** The value that a parameter has now; undefined where nobody knows. */
  setting(service: string, parameter: string): number | string | undefined;
}

/** An effect that makes metrics worse. */
interface Harm {
  readonly actionId: string;
  readonly service: string;
  readonly from: number;
  until: number;
}

const ANSWERS: Readonly<Record<SeenEffect['answer'], (plan: Plan) => EffectResult>> = {
  done: () => ({ kind: 'done', summary: 'done, in an exercise' }),
  refused: () => ({ kind: 'refused', reason: 'the governed system of the exercise refused it' }),
  lost: () => ({ kind: 'unknown', reason: 'the governed system of the exercise did not answer' }),
};

/**
 * @param proposalOf the part of the scenario that an action comes from
 * @param now the scenario's time
 * @param saw is told of each request
 */
export function createGoverned(
  { begins, metrics, settings }: Scenario,
  proposalOf: (actionId: string) => ScriptedProposal | undefined,
  now: () => number,
  saw: (effect: SeenEffect) => void,
): Governed {
  const harms: Harm[] = [];
  const answered = new Map<string, SeenEffect['answer']>();
  const values = new Map<string, number | string>(Object.entries(settings));
  const before = new Map<string, readonly (readonly [string, number | string | undefined])[]>();

  function apply(proposal: ScriptedProposal, actionId: string, at: number): void {
    const { breaksAfter, target, params } = proposal;
    if (breaksAfter !== undefined)
      harms.push({ actionId, service: target, from: at + breaksAfter, until: Number.POSITIVE_INFINITY });
    const written = Object.entries(params).flatMap(([name, value]) =>
      typeof value === 'number' || typeof value === 'string' ? [[`${target}.${name}`, value] as const] : [],
    );
    before.set(
      actionId,
      written.map(([name]) => [name, values.get(name)] as const),
    );
    for (const [name, value] of written) values.set(name, value);
  }

  function takeBack(actionId: string, at: number): void {
    for (const harm of harms) if (harm.actionId === actionId) harm.until = Math.min(harm.until, at);
    for (const [name, value] of before.get(actionId) ?? [])
      if (value === undefined) values.delete(name);
      else values.set(name, value);
  }

  return {
    executor: {
      run: async ({ plan, actionId, idempotencyKey }) => {
        const earlier = answered.get(idempotencyKey);
        if (earlier !== undefined) return ANSWERS[earlier](plan);
        const proposal = proposalOf(actionId);
        const way = idempotencyKey === actionId ? 'there' : 'back';
        const answer = (way === 'there' ? proposal?.answer : proposal?.rollbackAnswer) ?? 'done';
        const at = now();
        answered.set(idempotencyKey, answer);
        saw({ kind: 'effect', at, actionId, way, answer });
        if (answer !== 'refused' && way === 'there' && proposal) apply(proposal, actionId, at);
        if (answer === 'done' && way === 'back') takeBack(actionId, at);
        return ANSWERS[answer](plan);
      },
    },
    health: (service, at) => {
      const scripted = metrics.filter((each) => each.service === service && isWithin([each], at - begins));
      if (scripted.some(({ are }) => are === 'unreadable')) return 'unreadable';
      return scripted.length > 0 ||
        isWithin(
          harms.filter((harm) => harm.service === service),
          at,
        )
        ? 'regressed'
        : 'healthy';
    },
    worseFor: (service, at) =>
      [
        ...harms.filter((harm) => harm.service === service),
        ...metrics
          .filter((each) => each.service === service && each.are === 'regressed')
          .map(({ from, until }) => ({ from: begins + from, until: begins + until })),
      ].reduce((sum, { from, until }) => sum + Math.max(0, Math.min(at, until) - from), 0),
    setting: (service, parameter) => values.get(`${service}.${parameter}`),
  };
}

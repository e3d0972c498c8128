import { type Action, leaseTarget } from '../action/action.ts';
import { lookup } from '../shared/lookup.ts';
import { covers, describeHold, type Hold } from './hold.ts';
import { type Counted, type Full, type Limit, whatIsFull } from './limits.ts';

/** An action that asks to run now, and the limits that it is under. */
export interface AdmissionRequest {
  readonly action: Pick<Action, 'id' | 'type' | 'target' | 'environment' | 'agent'>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly limits: readonly Limit[];
  /** Whether people approved it. */
  readonly approved?: boolean | undefined;
  readonly neighbourhood?: Neighbourhood | undefined;
}

/** How many actions may run at once on a service that one runs on and on those beside it. */
export interface Neighbourhood {
  readonly atOnce: number;
  /** What is beside the target that is asked for, and beside each of those: by target, as leases name them. */
  readonly beside: Readonly<Record<string, readonly string[]>>;
}

/** What is so while nobody else is admitted. */
export interface Situation {
  readonly holds: readonly Hold[];
  /** The action that has a target; null when none has. */
  readonly holderOf: (target: string) => string | null;
  /** What was admitted lately: at least all that the limits count. */
  readonly recent: readonly Counted[];
  /** The risk of the action that asks, as it was ruled. */
  readonly risk: number;
}

export type Stop =
  /** Until a person lifts the hold. */
  | { readonly kind: 'held'; readonly reason: string }
  /** Until another action is over. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** Until there is room; where `freeAt` is absent there never is. */
  | ({ readonly kind: 'limited' } & Full);

/** What keeps an action from running now; undefined when nothing does. INVARIANT 8: nothing runs where another one does. */
export function whatStops(asking: AdmissionRequest, situation: Situation): Stop | undefined {
  const { action, at, limits, approved = false, neighbourhood } = asking;
  const hold = situation.holds.find(
    ({ scope, autonomousOnly }) => covers(scope, action) && !(autonomousOnly && approved),
  );
  if (hold) return { kind: 'held', reason: describeHold(hold) };
  const target = leaseTarget(action);
  const holder = situation.holderOf(target);
  // It was admitted before, and counts as it did then.
  if (holder === action.id) return undefined;
  if (holder !== null) return { kind: 'busy', reason: `${holder} runs on ${target}` };
  const crowd = neighbourhood && crowdAround(target, neighbourhood, situation);
  if (crowd) return { kind: 'busy', reason: crowd };
  const full = whatIsFull(
    limits,
    {
      actionId: action.id,
      agent: action.agent,
      actionType: action.type,
      target: action.target,
      environment: action.environment,
      risk: situation.risk,
      admittedAt: at,
    },
    situation.recent,
  );
  return full && { kind: 'limited', ...full };
}

/** It must be room around the target, and around whatever runs beside it, which would have one more beside itself. */
function crowdAround(
  target: string,
  { atOnce, beside }: Neighbourhood,
  { holderOf }: Situation,
): string | undefined {
  const around = (service: string) => lookup(beside, service) ?? [];
  const centres = [target, ...around(target).filter((service) => holderOf(service) !== null)];
  for (const centre of centres) {
    const running = [centre, ...around(centre)].flatMap((service) => {
      const holder = service === target ? null : holderOf(service);
      return holder === null ? [] : [`${holder} runs on ${service}`];
    });
    if (running.length >= atOnce)
      return `at most ${atOnce} may run at once on ${centre} and beside it, and ${running.join(', ')}`;
  }
  return undefined;
}

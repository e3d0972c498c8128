import { type Action, leaseTarget } from './action.ts';
import { covers, describeHold, type Hold } from './hold.ts';
import type { Installation } from './installation.ts';
import { type Counted, type Limit, whatIsFull } from './limits.ts';
import { lookup } from './lookup.ts';

/** An action that asks to run now, and the limits that it is under. */
export interface Asking {
  readonly action: Pick<Action, 'id' | 'type' | 'target' | 'environment' | 'agent'>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly limits: readonly Limit[];
  readonly neighbourhood?: Neighbourhood | undefined;
}

/** How many actions may run at once on a service and on those beside it. */
export interface Neighbourhood {
  readonly atOnce: number;
  /** The services beside the target, as leases name them. */
  readonly targets: readonly string[];
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
  | { readonly kind: 'limited'; readonly reason: string; readonly freeAt?: number };

/** What keeps an action from running now; undefined when nothing does. INVARIANT 8: nothing runs where another one does. */
export function whatStops(asking: Asking, situation: Situation): Stop | undefined {
  const { action, at, limits, neighbourhood } = asking;
  const hold = situation.holds.find(({ scope }) => covers(scope, action));
  if (hold) return { kind: 'held', reason: describeHold(hold) };
  const target = leaseTarget(action);
  const holder = situation.holderOf(target);
  // It was admitted before, and counts as it did then.
  if (holder === action.id) return undefined;
  if (holder !== null) return { kind: 'busy', reason: `${holder} runs on ${target}` };
  const crowd = neighbourhood && crowdIn(neighbourhood, situation);
  if (crowd) return { kind: 'busy', reason: `${crowd} beside ${target}` };
  const full = whatIsFull(
    limits,
    {
      ...{ actionId: action.id, agent: action.agent, actionType: action.type, target: action.target },
      ...{ environment: action.environment, risk: situation.risk, admittedAt: at },
    },
    situation.recent,
  );
  return full && { kind: 'limited', ...full };
}

function crowdIn({ atOnce, targets }: Neighbourhood, { holderOf }: Situation): string | undefined {
  const running = targets.flatMap((target) => {
    const holder = holderOf(target);
    return holder === null ? [] : [`${holder} runs on ${target}`];
  });
  if (running.length < atOnce) return undefined;
  return `at most ${atOnce} may run at once among services that need each other, and ${running.join(', ')}`;
}

/** The services that the target needs or that need it, directly, in its environment: as leases name them. */
export function neighboursOf(
  { services }: Pick<Installation, 'services'>,
  { target, environment }: Pick<Action, 'target' | 'environment'>,
): string[] {
  const needed = lookup(services, target)?.dependsOn ?? [];
  return Object.values(services)
    .filter(({ name, dependsOn }) => name !== target && (needed.includes(name) || dependsOn.includes(target)))
    .map(({ name }) => leaseTarget({ environment, target: name }));
}

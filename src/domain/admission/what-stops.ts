import { type Action, leaseTarget } from '../action/action.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { lookup } from '../shared/lookup.ts';
import { iso } from '../shared/sentence.ts';
import { covers, describeHold, type Hold } from './hold.ts';
import { type Counted, type Full, type Limit, whatIsFull } from './limits.ts';

/** An action that asks to run now, and the limits that apply to it. */
export interface AdmissionRequest {
  readonly action: Pick<Action, 'id' | 'type' | 'target' | 'environment' | 'agent' | 'takesBack'>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly limits: readonly Limit[];
  /** Whether people approved it. */
  readonly approved?: boolean | undefined;
  readonly neighbourhood?: Neighbourhood | undefined;
}

/** The limit on actions that run at the same time on a service and the services beside it. */
export interface Neighbourhood {
  readonly atOnce: number;
  /** The services beside the target, and beside each of those. Keys and values are lease targets. */
  readonly beside: Readonly<Record<string, readonly string[]>>;
}

/** The facts for an admission. They do not change meanwhile, because only one action is admitted at a time. */
export interface Situation {
  readonly holds: readonly Hold[];
  /** Returns the action that holds the lease of a target; null when none does. */
  readonly holderOf: (target: string) => string | null;
  /** What was admitted lately: at least everything that the limits count, and that ran on the target since the action that is taken back. */
  readonly recent: readonly (Counted & Later)[];
  /** The risk of the asking action, as ruled. */
  readonly risk: number;
}

/** An action that was admitted after another one on the same target. */
export type Later = Pick<PastAction, 'actionId' | 'closed'> & { readonly admittedAt: number };

export type Stop =
  /** For ever: something else changed what was to be taken back. */
  | { readonly kind: 'overtaken'; readonly reason: string }
  /** Until a person lifts the hold. */
  | { readonly kind: 'held'; readonly reason: string }
  /** Until another action ends. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** Until there is room; never, if `freeAt` is absent. */
  | ({ readonly kind: 'limited' } & Full);

/** Returns what keeps an action from running now; undefined when nothing does. INVARIANT 8: no action runs where another one does. */
export function whatStops(request: AdmissionRequest, situation: Situation): Stop | undefined {
  const { action, at, limits, approved = false, neighbourhood } = request;
  const hold = situation.holds.find(
    ({ scope, autonomousOnly }) => covers(scope, action) && !(autonomousOnly && approved),
  );
  if (hold) return { kind: 'held', reason: describeHold(hold) };
  const target = leaseTarget(action);
  const holder = situation.holderOf(target);
  // It was admitted before, and still counts as admitted.
  if (holder === action.id) return undefined;
  const overtaken = whatOvertook(action, situation.recent);
  if (overtaken !== undefined) return { kind: 'overtaken', reason: overtaken };
  if (holder !== null) return { kind: 'busy', reason: `${holder} runs on ${target}` };
  const crowd = neighbourhood && crowdAround(target, neighbourhood, situation);
  if (crowd) return { kind: 'busy', reason: crowd };
  const fullLimit = whatIsFull(
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
  return fullLimit && { kind: 'limited', ...fullLimit };
}

/**
 * Returns why there is no room. The number must stay within the limit around the target, and around each running service beside it, because
 * that service would get one more running neighbour.
 */
function crowdAround(
  target: string,
  { atOnce, beside }: Neighbourhood,
  { holderOf }: Situation,
): string | undefined {
  const neighboursOf = (service: string) => lookup(beside, service) ?? [];
  const centres = [target, ...neighboursOf(target).filter((service) => holderOf(service) !== null)];
  for (const centre of centres) {
    const runningActions = [centre, ...neighboursOf(centre)].flatMap((service) => {
      const holder = service === target ? null : holderOf(service);
      return holder === null ? [] : [`${holder} runs on ${service}`];
    });
    if (runningActions.length >= atOnce)
      return `at most ${atOnce} may run at once on ${centre} and beside it, and ${runningActions.join(', ')}`;
  }
  return undefined;
}

/** What ran on the target of an action since the one that it takes back. Undefined: it takes none back, or nothing did. */
function whatOvertook(
  { id, target, environment, takesBack }: AdmissionRequest['action'],
  recent: Situation['recent'],
): string | undefined {
  if (!takesBack) return undefined;
  return overtaking(
    recent.filter(
      (other) =>
        other.actionId !== id &&
        other.target === target &&
        other.environment === environment &&
        other.admittedAt > takesBack.admittedAt,
    ),
  );
}

/** Says which later action may have changed a target; undefined when none has. One that the governed system refused changed nothing. */
export function overtaking(later: readonly Later[]): string | undefined {
  const [first] = later
    .filter(({ closed }) => closed?.outcome !== 'failed')
    .toSorted((a, b) => a.admittedAt - b.admittedAt);
  if (!first) return undefined;
  const { actionId, admittedAt, closed } = first;
  const end = closed ? ` and ended ${closed.outcome}` : ' and is not over';
  return `${actionId} ran there at ${iso(admittedAt)}${end}: taking back what was before it would undo something of both`;
}

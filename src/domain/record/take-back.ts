import type { TakeBack } from '../action/take-back.ts';
import { describeHold, type Hold } from '../admission/hold.ts';
import { type Later, overtaking } from '../admission/what-stops.ts';
import type { Installation } from '../installation/installation.ts';
import { signedToday } from '../installation/keys-today.ts';
import type { ReadEntry } from '../ledger/ledger.ts';
import type { WishOnRecord } from '../proposal/take-back.ts';
import { type Fault, refusalAt } from '../shared/json.ts';
import { hasShape, type Shape } from '../shared/shape.ts';
import type { OnRecord } from './on-record.ts';

/** The body of the entry of a wish. It stands with the action that is to be taken back. */
export interface TakeBackBody extends Omit<TakeBack, 'at'> {
  readonly attempt: number;
  /** What the person signed. */
  readonly jws: string;
}

type Asked = TakeBackBody & { readonly at: number };

/** Returns the wishes to take an action back, the oldest first. @param entries all entries about the action, in their order */
export const wishesIn = (entries: readonly ReadEntry[]): Asked[] =>
  entries.flatMap(({ kind, body, at }) => {
    if (kind !== 'takeBackAsked' || !hasShape(body, WISH)) return [];
    const { by, person, jws, attempt, reason } = Object(body);
    return [{ by, person, jws, attempt, reason, at }];
  });

const WISH: Shape = { by: 'text', person: 'text', jws: 'text', attempt: 'number', reason: 'text' };

/** The same for people: without what was signed. */
export const takeBacksIn = (entries: readonly ReadEntry[]): TakeBack[] =>
  wishesIn(entries).map(({ by, person, reason, at }) => ({ by, person, reason, at }));

/** Says who wants an action taken back, as one sentence without the final period. */
export const takeBackText = ({ by, person, reason }: TakeBack): string =>
  `${person} asked to take it back, as ${by}: ${reason}`;

export type WishRead =
  | { readonly kind: 'wish'; readonly wish: WishOnRecord }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/**
 * Returns a wish with what it is about, as the ledger has it. INVARIANTS 3, 13: it counts only where its person signed it with a key of today,
 * and where the action that it names succeeded and is still the one that they meant.
 *
 * @param id of the action that takes it back
 * @param record the last run of the action that is to be taken back; undefined when it was never ruled on
 */
export function wishOnRecord(
  installation: Installation,
  actionId: string,
  id: string,
  record: OnRecord | undefined,
  entries: readonly ReadEntry[],
): WishRead {
  const asked = wishesIn(entries).find(({ by }) => by === id);
  if (!asked) return refusalAt('takesBack', `nobody asked to take ${actionId} back as ${id}`);
  const { person, attempt, jws } = asked;
  const ran = ranWell(actionId, record);
  if (ran.kind === 'refused') return ran;
  const { action, digest, admittedAt } = ran;
  const signedContent = { kind: 'rollback', installation: installation.name, actionId, digest, person };
  if (!signedToday(installation, person, jws, signedContent))
    return refusalAt('takesBack', `no key of today signed the wish of ${person} to take back what ran`);
  return {
    kind: 'wish',
    wish: { actionId, attempt, jws, person, reason: asked.reason, ran: action, digest, admittedAt },
  };
}

type Ran =
  | {
      readonly kind: 'ran';
      readonly action: WishOnRecord['ran'];
      readonly digest: string;
      readonly admittedAt: number;
    }
  | Extract<WishRead, { kind: 'refused' }>;

/** Returns an action that can be taken back afterwards: it succeeded and has a rollback. Otherwise: why it cannot. */
export function ranWell(actionId: string, record: OnRecord | undefined): Ran {
  const { ruled, admitted, closed } = record ?? {};
  if (!ruled) return refusalAt('actionId', `no action ${actionId} is on record`);
  if (!closed)
    return refusalAt(
      'actionId',
      `${actionId} is not over yet: while it runs, "decide ${actionId} revoke" takes it back`,
    );
  if (closed.outcome.kind !== 'succeeded' || !admitted)
    return refusalAt(
      'actionId',
      `${actionId} ended ${closed.outcome.kind}: only an action that succeeded can be taken back`,
    );
  if (!ruled.action.rollback)
    return refusalAt('actionId', `${actionId} has no rollback: it cannot be taken back`);
  return { kind: 'ran', action: ruled.action, digest: admitted.digest, admittedAt: admitted.at };
}

/** Says what became of an attempt to take an action back. `none`: it ended, and the action stands as it stood. */
export function attemptOf(record: OnRecord | undefined): 'open' | 'done' | 'none' {
  const { closed } = record ?? {};
  if (!closed) return 'open';
  return closed.outcome.kind === 'succeeded' ? 'done' : 'none';
}

/** What people and tools need who want to take an action back: the digest that they sign, and what was asked before. */
export interface TakeBackState {
  /** The digest of what ran. Absent: it cannot be taken back afterwards. */
  readonly digest?: string | undefined;
  readonly asked: readonly TakeBack[];
}

/** What else stands against taking an action back, besides the action itself. */
export interface Around {
  /** The actions that were admitted on its target since. */
  readonly since: readonly Later[];
  /** The holds that would stop it. */
  readonly holds: readonly Hold[];
}

/** Returns what speaks against taking an action back now; empty when nothing does. */
export function takeBackFaults({ since, holds }: Around): Fault[] {
  const overtaken = overtaking(since);
  return [
    ...(overtaken === undefined ? [] : [{ where: 'actionId', problem: overtaken }]),
    ...holds.slice(0, 1).map((hold) => ({ where: 'actionId', problem: describeHold(hold) })),
  ];
}

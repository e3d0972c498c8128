import type { Delegation, DelegationScope } from '../approval/delegation.ts';
import { canDecide } from '../approval/requirement.ts';
import { approverNamed } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import type { Fault } from '../shared/json.ts';
import { unknownName } from '../shared/lookup.ts';
import { iso } from '../shared/sentence.ts';
import type { Signed } from './order-signature.ts';

/** "For a while, this person decides in my place." */
export interface DelegateOrder extends Signed {
  readonly kind: 'delegate';
  readonly to: string;
  readonly scope: DelegationScope;
  /** Milliseconds since the epoch: from then on, and until then. */
  readonly since: number;
  readonly until: number;
}

/** The end of one before its time, by whoever gave their place or whoever has it. */
export interface EndDelegationOrder extends Signed {
  readonly kind: 'endDelegation';
  readonly delegationId: string;
}

/** Longer than this is no absence: the groups in the catalog say who decides for good. */
export const LONGEST_DELEGATION_MS = 366 * 24 * 3_600_000;

/**
 * Everything that speaks against a delegation: to oneself, to somebody who cannot decide, and any chain, in which a place
 * would be given on.
 *
 * @param standing those that nobody ended
 */
export function delegationFaults(
  installation: Installation,
  { person, to, scope, since, until }: Omit<DelegateOrder, 'kind'>,
  standing: readonly Delegation[],
  now: number,
): Fault[] {
  const meanwhile = standing.filter((other) => other.since < until && since < other.until);
  const known = unknownName('to', to, installation.people);
  return [
    ...known,
    ...(to === person ? [fault('to', 'is yourself: name somebody else')] : []),
    ...(known.length === 0 && !canDecide(approverNamed(installation, to))
      ? [fault('to', `${to} has no signing key: run "countersign keys" for them, or name somebody else`)]
      : []),
    ...unknownScope(installation, scope),
    ...(until <= since ? [fault('until', `must be after ${iso(since)}, when it begins`)] : []),
    ...(until <= now ? [fault('until', `${iso(until)} is over: name a time to come`)] : []),
    ...(until - Math.max(since, now) > LONGEST_DELEGATION_MS
      ? [fault('until', 'must be within 366 days: change the groups in the catalog for what lasts longer')]
      : []),
    ...meanwhile.flatMap((other) => {
      const when = `from ${iso(other.since)} until ${iso(other.until)} (${other.id})`;
      if (other.from === person && overlap(other.scope, scope))
        return [fault('scope', `${other.to} has your place for that already ${when}: end that first`)];
      if (other.to === person)
        return [fault('person', `you decide for ${other.from} ${when}, and a delegate gives no place on`)];
      if (other.from === to)
        return [fault('to', `${to} gave their own place to ${other.to} ${when}: name somebody who is there`)];
      return [];
    }),
  ];
}

/** What speaks against ending a delegation. */
export function endFaults(
  { person, delegationId }: Omit<EndDelegationOrder, 'kind'>,
  standing: readonly Delegation[],
): Fault[] {
  const found = standing.find(({ id }) => id === delegationId);
  if (!found) {
    const own = standing.filter(({ from, to }) => from === person || to === person);
    const known = own.map(({ id }) => id).join(', ') || 'none';
    return [fault('delegationId', `no delegation ${delegationId} stands; yours: ${known}`)];
  }
  if (found.from === person || found.to === person) return [];
  return [fault('person', `${person} cannot end it: ${found.from} gave the place, ${found.to} has it`)];
}

const overlap = (a: DelegationScope, b: DelegationScope) =>
  a.kind !== b.kind || JSON.stringify(Object.values(a).sort()) === JSON.stringify(Object.values(b).sort());

function unknownScope(installation: Installation, scope: DelegationScope): Fault[] {
  switch (scope.kind) {
    case 'everything':
      return [];
    case 'actionType':
      return unknownName('scope.actionType', scope.actionType, installation.actionTypes);
    case 'service':
      return unknownName('scope.service', scope.service, installation.services);
  }
}

const fault = (where: string, problem: string): Fault => ({ where, problem });

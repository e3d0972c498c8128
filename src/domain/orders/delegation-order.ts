import type { Delegation, DelegationScope } from '../approval/delegation.ts';
import { canDecide } from '../approval/requirement.ts';
import { approverNamed } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import type { Fault } from '../shared/json.ts';
import { unknownName } from '../shared/lookup.ts';
import { iso } from '../shared/sentence.ts';
import type { Signed } from './order-signature.ts';

/** The order "For a while, this person decides in my place." */
export interface DelegateOrder extends Signed {
  readonly kind: 'delegate';
  readonly to: string;
  readonly scope: DelegationScope;
  /** Milliseconds since the epoch: `since` inclusive, `until` exclusive. */
  readonly since: number;
  readonly until: number;
}

/** The order that ends a delegation early. The person who gave the place may sign it, and the delegate may, too. */
export interface EndDelegationOrder extends Signed {
  readonly kind: 'endDelegation';
  readonly delegationId: string;
}

/** The longest delegation. A longer absence is no absence: operators then change the groups in the catalog. */
export const LONGEST_DELEGATION_MS = 366 * 24 * 3_600_000;

/**
 * Returns everything that speaks against a delegation: one to oneself, one to a person who cannot decide, and a chain, in which a delegate
 * would pass a place on.
 *
 * @param delegations the delegations that nobody ended
 */
export function delegationFaults(
  installation: Installation,
  { person, to, scope, since, until }: Omit<DelegateOrder, 'kind'>,
  delegations: readonly Delegation[],
  now: number,
): Fault[] {
  const overlapping = delegations.filter(
    (delegation) => delegation.since < until && since < delegation.until,
  );
  const nameFaults = unknownName('to', to, installation.people);
  return [
    ...nameFaults,
    ...(to === person ? [fault('to', 'is yourself: name somebody else')] : []),
    ...(nameFaults.length === 0 && !canDecide(approverNamed(installation, to))
      ? [fault('to', `${to} has no signing key: run "countersign keys" for them, or name somebody else`)]
      : []),
    ...unknownScope(installation, scope),
    ...(until <= since ? [fault('until', `must be after ${iso(since)}, when it begins`)] : []),
    ...(until <= now ? [fault('until', `${iso(until)} is over: name a time to come`)] : []),
    ...(until - Math.max(since, now) > LONGEST_DELEGATION_MS
      ? [fault('until', 'must be within 366 days: change the groups in the catalog for what lasts longer')]
      : []),
    ...overlapping.flatMap((delegation) => {
      const spanText = `from ${iso(delegation.since)} until ${iso(delegation.until)} (${delegation.id})`;
      if (delegation.from === person && overlap(delegation.scope, scope))
        return [
          fault('scope', `${delegation.to} has your place for that already ${spanText}: end that first`),
        ];
      if (delegation.to === person)
        return [
          fault('person', `you decide for ${delegation.from} ${spanText}, and a delegate gives no place on`),
        ];
      if (delegation.from === to)
        return [
          fault(
            'to',
            `${to} gave their own place to ${delegation.to} ${spanText}: name somebody who is there`,
          ),
        ];
      return [];
    }),
  ];
}

/** Returns what speaks against ending a delegation. */
export function endFaults(
  { person, delegationId }: Omit<EndDelegationOrder, 'kind'>,
  delegations: readonly Delegation[],
): Fault[] {
  const delegation = delegations.find(({ id }) => id === delegationId);
  if (!delegation) {
    const ownDelegations = delegations.filter(({ from, to }) => from === person || to === person);
    const ownIds = ownDelegations.map(({ id }) => id).join(', ') || 'none';
    return [fault('delegationId', `no delegation ${delegationId} stands; yours: ${ownIds}`)];
  }
  if (delegation.from === person || delegation.to === person) return [];
  return [
    fault('person', `${person} cannot end it: ${delegation.from} gave the place, ${delegation.to} has it`),
  ];
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

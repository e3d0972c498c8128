import { DELEGATIONS, notOver, parseDelegations } from '../../contract/delegation.ts';
import type { Delegation } from '../../domain/approval/delegation.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { signedToday } from '../../domain/installation/keys-today.ts';
import { nameAt, partOf } from '../../domain/shared/json-reader.ts';
import type { Ledger } from '../ports/ledger.ts';
import { warnOfUnreadable } from './unreadable.ts';

/**
 * Every delegation that nobody ended early, whether it holds now or not. Unreadable entries are logged. INVARIANTS 3, 13: a
 * delegation that its person did not sign exactly so, or signed with a key that is gone, gives no place.
 */
export async function readDelegations({
  ledger,
  installation,
}: Pick<DelegationDeps, 'ledger' | 'installation'>): Promise<readonly Delegation[]> {
  const isGood = (delegation: Delegation, jws: string) => isSigned(installation, delegation, jws);
  const { delegations, unreadable } = parseDelegations(await ledger.entriesOf(DELEGATIONS), isGood);
  warnOfUnreadable(DELEGATIONS, unreadable);
  return delegations;
}

/**
 * The delegations that a ruling pinned, as they are good today. One that ended since does not undo what was decided under it; one
 * that was signed with a key that is gone does.
 */
export async function pinnedToday(
  { ledger, installation }: Pick<DelegationDeps, 'ledger' | 'installation'>,
  pinnedDelegations: readonly Delegation[] = [],
): Promise<readonly Delegation[]> {
  if (pinnedDelegations.length === 0) return pinnedDelegations;
  const entries = await ledger.entriesOf(DELEGATIONS);
  return pinnedDelegations.map((delegation) => {
    const entry = entries.find(({ body }) => nameAt(body, 'delegation', 'id') === delegation.id);
    const jws = partOf(entry?.body, 'jws');
    const isGood = typeof jws === 'string' && isSigned(installation, delegation, jws);
    return isGood ? delegation : { ...delegation, doubtful: true };
  });
}

/** Whether the person who delegates signed exactly this. */
const isSigned = (installation: Installation, { from, to, scope, since, until }: Delegation, jws: string) =>
  signedToday(installation, from, jws, { kind: 'delegate', person: from, to, scope, since, until });

export interface DelegationDeps {
  readonly installation: Installation;
  readonly ledger: Ledger;
  readonly now: () => number;
}

export function createDelegations(deps: DelegationDeps) {
  return {
    /** The delegations that hold now or later, the earliest first. Changes nothing. */
    delegations: async (): Promise<Delegation[]> => notOver(await readDelegations(deps), deps.now()),
  };
}

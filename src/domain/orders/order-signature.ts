import type { Authentication } from '../approval/decision-statement.ts';
import { CLOCK_SKEW_MS } from '../approval/verify-decision.ts';
import type { Installation } from '../installation/installation.ts';
import type { Fault } from '../shared/json.ts';
import { openJws } from '../shared/jws.ts';
import { lookup } from '../shared/lookup.ts';
import { iso } from '../shared/sentence.ts';

/** What every order says about its signer. */
export interface Signed {
  /** The installation that the order is for, as its countersign.yaml names it. It counts in no other. */
  readonly installation: string;
  readonly person: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Absent: signed with the person's own key. */
  readonly authentication?: Authentication | undefined;
}

/** How old an order may be when it is handed in, in milliseconds. A copy of it is refused after that. */
export const ORDER_VALID_MS = 15 * 60_000;

/**
 * INVARIANT 3: an order is signed with the person's own key, or by the gateway after they proved their identity once more. It needs that
 * second proof at any tier, because an order affects more than one action.
 */
export function signatureFaults(
  { name, people, rules }: Installation,
  { installation, person, authentication = 'signing-key' }: Signed,
  jws: string,
): Fault[] {
  if (installation !== name)
    return [{ where: 'installation', problem: `it is for ${installation}, this is ${name}` }];
  const signer = lookup(people, person);
  if (!signer) return [{ where: 'person', problem: `${person} is not in the catalog` }];
  const keys = authentication === 'signing-key' ? signer.keys : (rules.gateway?.keys ?? []);
  const openedJws = openJws(jws, keys);
  if (openedJws.kind === 'refused')
    return [
      {
        where: 'signature',
        problem: `the order in the name of ${person} is refused: ${openedJws.reason}`,
      },
    ];
  if (authentication !== 'session') return [];
  return [
    {
      where: 'authentication',
      problem: 'being signed in is not enough for an order: confirm it with a passkey or a one-time code',
    },
  ];
}

export function untimely(at: number, handedInAt: number): Fault[] {
  const times = `it says it was signed ${iso(at)}, it was handed in ${iso(handedInAt)}`;
  if (at > handedInAt + CLOCK_SKEW_MS)
    return [{ where: 'at', problem: `${times}: set your clock and sign it again` }];
  return at < handedInAt - ORDER_VALID_MS
    ? [{ where: 'at', problem: `${times}, and an order is good for 15 minutes: sign it again` }]
    : [];
}

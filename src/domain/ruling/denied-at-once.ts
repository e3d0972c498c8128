import type { Ruling } from './ruling.ts';

/** What becomes of a ruling under which people would be asked for what they have no attention for. */
export function deniedAtOnce(ruling: Ruling, reason: string): Ruling {
  const { tier, floor, modes, context, installation, pins, digest, people, authority } = ruling;
  return {
    kind: 'forbid',
    outcome: 'deniedByPolicy',
    reasons: [reason, ...ruling.reasons],
    tier,
    floor,
    modes,
    context,
    installation,
    pins,
    digest,
    people,
    ...(authority ? { authority } : {}),
  };
}

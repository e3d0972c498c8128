import type { Ruling } from './ruling.ts';

/** Turns a ruling into a denial, because the people it would ask have reached their limit of requests. */
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

import type { Tier } from '../action/action.ts';
import { holdsCredentials } from '../shared/url-credentials.ts';

/** The gateway, where people sign in to decide, as operators configure it. */
export interface Gateway {
  /** The public address of its pages, without a slash at the end. */
  readonly url: string;
  /** The Ed25519 public keys (the `x` of an OKP JWK) of the gateway. It signs with one of them. */
  readonly keys: readonly string[];
  /** From this tier on, a person must prove their identity once more for each decision. */
  readonly stepUpFromTier: 1 | 2 | 3;
  /**
   * Whether denying and asking need that second proof, too. Absent: they do not, because stopping an action must be easier than starting
   * it.
   */
  readonly stepUpToDeny?: boolean | undefined;
  /** The limits on unsigned proposals over HTTP, from all senders together. Absent: none are accepted. */
  readonly unsignedProposals?: UnsignedProposals | undefined;
}

export interface UnsignedProposals {
  /** The number that may be open at once. */
  readonly openAtOnce: number;
  readonly perHour: number;
}

/** Returns why people cannot sign in at this address; undefined when they can. */
export function addressProblem(address: string): string | undefined {
  const { hostname, pathname, protocol, hash, search } = new URL(address);
  if (holdsCredentials(address))
    return 'holds a user name or a password, which everybody would see: leave them out';
  if (/[^/]/.test(pathname) || search !== '' || hash !== '')
    return 'the gateway needs a host of its own, without a path: leave out what follows it';
  if (protocol === 'http:' && !isLoopback(hostname))
    return 'other than on this machine, people sign in over https alone: begin it with https://';
  return undefined;
}

/** Whether the host is a loopback address, which only this machine can reach. */
export const isLoopback = (hostname: string) =>
  hostname === 'localhost' ||
  hostname === '[::1]' ||
  hostname === '::1' ||
  /^127(\.\d{1,3}){3}$/.test(hostname);

/** The part of the gateway's settings that is pinned with the ruling. For this action an old key stays valid until the action ends. */
export interface PinnedGateway {
  readonly keys: readonly string[];
  /** Whether being signed in is not enough. */
  readonly stepUp: boolean;
  /** Whether being signed in is enough to deny and to ask. Absent in rulings from before this option. */
  readonly deniedBySession?: boolean | undefined;
}

export const pinnedGateway = (
  { keys, stepUpFromTier, stepUpToDeny = false }: Gateway,
  tier: Tier,
): PinnedGateway => ({
  keys,
  stepUp: tier >= stepUpFromTier,
  deniedBySession: !stepUpToDeny,
});

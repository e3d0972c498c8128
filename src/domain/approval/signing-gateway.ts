import type { Tier } from '../action/action.ts';
import { holdsCredentials } from '../shared/url-credentials.ts';

/** Where people sign in to decide, as operators write it. */
export interface Gateway {
  /** The public address of its pages, without a slash at the end. */
  readonly url: string;
  /** Ed25519 public keys (the `x` of an OKP JWK) that count as its own. It signs with one of them. */
  readonly keys: readonly string[];
  /** From this tier on a person proves once more who they are, for each decision. */
  readonly stepUpFromTier: 1 | 2 | 3;
  /** Also to deny and to ask. Absent: to stop something is easier than to start it. */
  readonly stepUpToDeny?: boolean | undefined;
  /** What anybody may hand in over HTTP without a signature, all together. Absent: nothing. */
  readonly unsignedProposals?: UnsignedProposals | undefined;
}

export interface UnsignedProposals {
  /** So many may be open at once. */
  readonly openAtOnce: number;
  readonly perHour: number;
}

/** What speaks against people signing in at this address; undefined where nothing does. */
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

/** Whether only this machine can reach it. */
export const isLoopback = (hostname: string) =>
  hostname === 'localhost' ||
  hostname === '[::1]' ||
  hostname === '::1' ||
  /^127(\.\d{1,3}){3}$/.test(hostname);

/** What of it holds for one action, from its ruling to its end: an old key stays good for what it was pinned for. */
export interface PinnedGateway {
  readonly keys: readonly string[];
  /** Whether being signed in is not enough. */
  readonly stepUp: boolean;
  /** It is enough to deny and to ask. Absent in what was ruled on before there was a difference. */
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

import type { Tier } from './action.ts';

/** Where people sign in to decide, as operators write it. */
export interface Gateway {
  /** The public address of its pages, without a slash at the end. */
  readonly url: string;
  /** Ed25519 public keys (the `x` of an OKP JWK) that count as its own. It signs with one of them. */
  readonly keys: readonly string[];
  /** From this tier on a person proves once more who they are, for each decision. */
  readonly stepUpFromTier: 1 | 2 | 3;
}

/** What of it holds for one action, from its ruling to its end: an old key stays good for what it was pinned for. */
export interface PinnedGateway {
  readonly keys: readonly string[];
  /** Whether being signed in is not enough. */
  readonly stepUp: boolean;
}

export const pinnedGateway = ({ keys, stepUpFromTier }: Gateway, tier: Tier): PinnedGateway => ({
  keys,
  stepUp: tier >= stepUpFromTier,
});

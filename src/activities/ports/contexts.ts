import type { AgentContext } from '../../domain/proposal/context.ts';

/** The public half of the key to which contexts are encrypted on their way to a worker, as a JWK (RFC 7517) on the curve P-256. */
export interface ContextPublicKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

/** What agents knew when they proposed, encrypted. Nothing can be read back here: what runs actions has no need of it. */
export interface Contexts {
  readonly publicKey: ContextPublicKey;
  /** Decrypts what came encrypted to the public key (a compact JWE). Undefined: it was not, or it is no JSON. */
  open(jwe: string): Promise<unknown>;
  /**
   * Keeps the context of an action, encrypted. One that is kept already, or was erased, stays as it is. Throws when the store is unreachable.
   *
   * @param at milliseconds since the epoch
   */
  keep(actionId: string, digest: string, context: AgentContext, at: number): Promise<void>;
}

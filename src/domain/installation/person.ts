export interface Person {
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  /** Ed25519 public keys (the `x` of an OKP JWK). */
  readonly keys: readonly string[];
  /** The `sub` that the OpenID provider gives this person. Absent: found by verified email. */
  readonly subject?: string | undefined;
  /** Of the IANA database. Absent: that of the service which an action is on. */
  readonly timeZone?: string | undefined;
}

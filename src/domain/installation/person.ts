export interface Person {
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  /** Ed25519 public keys (the `x` of an OKP JWK). */
  readonly keys: readonly string[];
  /** The `sub` that the OpenID provider gives this person. Absent: the person is found by verified email. */
  readonly subject?: string | undefined;
  /** A name of the IANA database. Absent: the time zone of the service that the action is on. */
  readonly timeZone?: string | undefined;
}

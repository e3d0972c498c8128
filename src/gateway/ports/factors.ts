/** Second proofs of who somebody is, and where they are kept. Times in milliseconds since the epoch. */
export interface Passkey {
  /** As base64url, the way authenticators name it. */
  readonly credentialId: string;
  readonly person: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** How often it signed, as far as it tells. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** What its owner calls it. */
  readonly name: string;
  readonly addedAt: number;
  readonly usedAt?: number | undefined;
}

/** A person's authenticator app, as kept. */
export interface Totp {
  /** Encrypted: see totp.ts. */
  readonly secret: string;
  /** Absent: it has not shown a first code yet, and proves nothing. */
  readonly confirmedAt?: number | undefined;
  /** Number of the last 30 s step of which a code was taken: none is taken twice. */
  readonly lastStep: number;
  /** Wrong codes of the session that asks, since its last right one. */
  readonly failures: number;
  /** For that session. */
  readonly lockedUntil: number;
  /** Whether a right code came from that session before. */
  readonly proved?: boolean | undefined;
  /** Wrong codes of other sessions in the last day, of those that never showed a right one. The last of them ends `until`. */
  readonly others?: { readonly failures: number; readonly until: number } | undefined;
}

/** What was asked of an authenticator, once. */
export interface Challenge {
  /** As base64url. */
  readonly challenge: string;
  readonly person: string;
  /** Hash of the session that asked. */
  readonly session: string;
  /** What it proves: nothing else may be done with it. */
  readonly about: string;
  readonly expiresAt: number;
}

/** Each addition and removal is written down with it, for the person to be told. */
export interface Factors {
  passkeysOf(person: string): Promise<Passkey[]>;
  /**
   * Forgets an app that was never confirmed: whoever began with it did so without this passkey, and could finish with a session
   * that they stole.
   */
  addPasskey(passkey: Passkey): Promise<void>;
  /** Notes a use; false when its counter has moved on meanwhile: it was used elsewhere. */
  usePasskey(passkey: Passkey, counter: number, at: number): Promise<boolean>;
  removePasskey(person: string, credentialId: string, at: number): Promise<boolean>;
  keepChallenge(challenge: Challenge): Promise<void>;
  /** Whether exactly this was asked for, and is good until after `now`. It is gone afterwards. */
  takeChallenge(challenge: Omit<Challenge, 'expiresAt'>, now: number): Promise<boolean>;
  /** Whatever session asks. */
  totpOf(person: string): Promise<Totp | undefined>;
  /**
   * In place of one that was never confirmed. False when there is a confirmed one, or a passkey besides those known: it was
   * added meanwhile, and nobody has proved that it is theirs.
   */
  proposeTotp(person: string, totp: Totp, known: readonly Pick<Passkey, 'credentialId'>[]): Promise<boolean>;
  removeTotp(person: string, at: number): Promise<boolean>;
  /** Nobody else changes it meanwhile, however many codes are tried at once. @param session its hash */
  changeTotp<T>(
    person: string,
    session: string,
    now: number,
    change: (totp: Totp | undefined) => { readonly result: T; readonly totp?: Totp },
  ): Promise<T>;
}

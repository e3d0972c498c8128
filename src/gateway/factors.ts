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
  /** Wrong codes since the last right one. */
  readonly failures: number;
  readonly lockedUntil: number;
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

export interface Factors {
  passkeysOf(person: string): Promise<Passkey[]>;
  /**
   * Forgets an app that was never confirmed: whoever began with it did so without this passkey, and could finish with a session
   * that they stole.
   */
  addPasskey(passkey: Passkey): Promise<void>;
  /** Notes a use; false when its counter has moved on meanwhile: it was used elsewhere. */
  usePasskey(passkey: Passkey, counter: number, at: number): Promise<boolean>;
  removePasskey(person: string, credentialId: string): Promise<boolean>;
  keepChallenge(challenge: Challenge): Promise<void>;
  /** Whether exactly this was asked for, and is good until after `now`. It is gone afterwards. */
  takeChallenge(challenge: Omit<Challenge, 'expiresAt'>, now: number): Promise<boolean>;
  totpOf(person: string): Promise<Totp | undefined>;
  /**
   * In place of one that was never confirmed. False when there is a confirmed one, or a passkey besides those known: it was
   * added meanwhile, and nobody has proved that it is theirs.
   */
  proposeTotp(person: string, totp: Totp, known: readonly Pick<Passkey, 'credentialId'>[]): Promise<boolean>;
  removeTotp(person: string): Promise<boolean>;
  /** Nobody else changes it meanwhile, however many codes are tried at once. */
  changeTotp<T>(
    person: string,
    change: (totp: Totp | undefined) => { readonly result: T; readonly totp?: Totp },
  ): Promise<T>;
}

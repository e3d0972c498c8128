/** A passkey, one kind of second proof. Times in this file are in milliseconds since the epoch. */
export interface Passkey {
  /** The id as authenticators name it, in base64url. */
  readonly credentialId: string;
  readonly person: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** How often the passkey signed, as far as its authenticator tells. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** The name that its owner gave it. */
  readonly name: string;
  readonly addedAt: number;
  readonly usedAt?: number | undefined;
}

/** A person's authenticator app, as it is stored. */
export interface Totp {
  /** The secret, encrypted: see totp.ts. */
  readonly secret: string;
  /** When the first code confirmed the app. Absent: the app proves nothing yet. */
  readonly confirmedAt?: number | undefined;
  /** The number of the last 30 s step of which a code was accepted: no code is accepted twice. */
  readonly lastStep: number;
  /** The wrong codes of the asking session since its last right one. */
  readonly failures: number;
  /** Until when the asking session is locked out. */
  readonly lockedUntil: number;
  /** Whether the asking session showed a right code before. */
  readonly proved?: boolean | undefined;
  /** The wrong codes, in the last day, of other sessions that never showed a right one. The last of them stops counting at `until`. */
  readonly others?: { readonly failures: number; readonly until: number } | undefined;
}

/** A challenge that an authenticator was asked to sign, once. */
export interface Challenge {
  /** The challenge, in base64url. */
  readonly challenge: string;
  readonly person: string;
  /** The hash of the session that asked. */
  readonly session: string;
  /** What an assertion of it proves: it is good for nothing else. */
  readonly about: string;
  readonly expiresAt: number;
}

/** Where factors are stored. Each addition and removal is recorded with the change, so that the person is told. */
export interface Factors {
  passkeysOf(person: string): Promise<Passkey[]>;
  /**
   * Adds a passkey, and forgets an authenticator app that was never confirmed. That app was begun without this passkey, and a
   * stolen session could finish it.
   */
  addPasskey(passkey: Passkey): Promise<void>;
  /** Records a use. False when the counter has moved on meanwhile: the passkey was used elsewhere. */
  usePasskey(passkey: Passkey, counter: number, at: number): Promise<boolean>;
  removePasskey(person: string, credentialId: string, at: number): Promise<boolean>;
  keepChallenge(challenge: Challenge): Promise<void>;
  /** Whether exactly this challenge was given and is still valid after `now`. It is removed. */
  takeChallenge(challenge: Omit<Challenge, 'expiresAt'>, now: number): Promise<boolean>;
  /** The person's authenticator app, without the facts of any one session. */
  totpOf(person: string): Promise<Totp | undefined>;
  /**
   * Stores an app, in place of one that was never confirmed. False when there is a confirmed app, or a passkey besides these:
   * it was added meanwhile, and nobody has proved that they own it.
   */
  proposeTotp(
    person: string,
    totp: Totp,
    passkeys: readonly Pick<Passkey, 'credentialId'>[],
  ): Promise<boolean>;
  removeTotp(person: string, at: number): Promise<boolean>;
  /** Changes the app. Nobody else changes it meanwhile, even if many codes are tried at once. @param session its hash */
  changeTotp<T>(
    person: string,
    session: string,
    now: number,
    change: (totp: Totp | undefined) => { readonly result: T; readonly totp?: Totp },
  ): Promise<T>;
}

/** The action is ruled on again because its risk grew: those who let it run must decide again. */
export interface Drifted {
  readonly kind: 'drifted';
  readonly reasons: readonly string[];
}

/** The action is ruled on again because a person edited it: it goes through the gate anew. */
export interface Revised {
  readonly kind: 'revised';
  /** The signed edit (compact JWS). */
  readonly jws: string;
}

/** Why an action is ruled on again: its risk grew, and those who let it run must decide again. */
export interface Drifted {
  readonly kind: 'drifted';
  readonly reasons: readonly string[];
}

/** Why an action is ruled on again: a person edited it, and the action goes through the gate anew. */
export interface Revised {
  readonly kind: 'revised';
  /** The signed edit (compact JWS). */
  readonly jws: string;
}

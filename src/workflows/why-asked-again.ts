/** Why an action is ruled on again: it became worse, and whoever let it run must be asked again. */
export interface Drifted {
  readonly kind: 'drifted';
  readonly reasons: readonly string[];
}

/** Or a person changed it: it goes through the gate anew. */
export interface Revised {
  readonly kind: 'revised';
  /** The signed edit. */
  readonly jws: string;
}

/** What a person signed, and what it is about. */
export interface Statement {
  /** `action/<actionId>` or `review/<actionId>`. */
  readonly workflowId: string;
  readonly person: string;
  /** A compact JWS. */
  readonly jws: string;
}

/**
 * What people signed and handed in beside the workflow: into our own database, where no agent can fill the door, drop a statement
 * or answer in a person's place. Both methods throw when the store is unreachable.
 */
export interface HandedIn {
  /** The signed statements (compact JWS) about a workflow, the oldest first. */
  of(workflowId: string): Promise<readonly string[]>;
  /**
   * Keeps a statement. The same statement again changes nothing. `full`: this person has said too much about this workflow.
   *
   * @param at milliseconds since the epoch
   */
  keep(statement: Statement, at: number): Promise<'kept' | 'full'>;
}

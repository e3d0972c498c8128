/** Notifies of each action with a new ledger entry. */
export interface Changes {
  /** Calls the listener with the id of each such action. @returns a function that ends the subscription */
  subscribe(listener: (actionId: string) => void): () => void;
}

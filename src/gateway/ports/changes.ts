/** Tells of each action that something was recorded about. */
export interface Changes {
  /** @returns what ends it */
  subscribe(listener: (actionId: string) => void): () => void;
}

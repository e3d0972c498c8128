/** The texts of rules that workers loaded, by their SHA-256. Each method throws when the store is unreachable. */
export interface RuleTexts {
  /** Keeps texts. One that is known is kept once. @param texts by digest */
  keep(texts: Readonly<Record<string, string>>): Promise<void>;
  /** Returns the texts of these digests; a digest that nobody kept is absent. */
  of(digests: readonly string[]): Promise<Readonly<Record<string, string>>>;
}

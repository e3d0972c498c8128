/** The answer to a decision. */
export interface DecisionAnswer {
  /**
   * The smallest number of people who must still approve; 0 once it is decided. Absent: the decision is stored but not counted yet, because
   * no worker answers.
   */
  readonly missing?: number;
  /** The missing people by group, for people to read, for example "1 of security". Absent once it is decided. */
  readonly needed?: string;
}

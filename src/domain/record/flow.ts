/**
 * The changes of the order of steps that a governed action goes through, each with the flow that brought it. Actions that are open
 * keep the flow that they began with: their history holds the commands of that flow. A new change gets the next number.
 */
const CAME_WITH = {
  /** People are asked where a watch cannot tell: decision 33. */
  'asks-whether-to-keep': 1,
  /** A rollback is measured: decision 35. */
  'measures-after-a-rollback': 1,
  /** Something from outside can end a watch: decision 36. */
  'ended-from-outside': 1,
  /** An effect of which nobody knows is looked up: decision 37. */
  'looks-up-an-unknown-effect': 1,
  /** A check without the ledger goes by the clock of the server. */
  'checks-without-the-ledger-by-the-servers-clock': 1,
} as const;

export type FlowChange = keyof typeof CAME_WITH;

/** The flow that an action begins with today. */
export const FLOW = 1;

/** Whether an action of this flow does as the change says. */
export function follows(flow: number, change: FlowChange): boolean {
  return CAME_WITH[change] <= flow;
}

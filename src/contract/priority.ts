/**
 * What goes first when more work waits than the workers can take. Whoever starts a workflow chooses its priority, so this is a courtesy
 * among well-behaved agents: it changes the order of work, never what may be done.
 */

/** Temporal's priority of what brings production back, or tells people, or is what they decided. Everything else has 3. */
export const PEOPLE_FIRST = { priorityKey: 1 } as const;

/** Temporal takes 64 bytes. Ids of agents are ASCII. */
const LONGEST_KEY = 64;

/** The fairness key of an agent's actions: each agent gets its turn, however many actions another one has waiting. */
export const fairnessKeyOf = (agent: string): string => agent.slice(0, LONGEST_KEY);

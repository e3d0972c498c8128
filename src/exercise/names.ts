/** The memo of a workflow of an exercise: by how many milliseconds the scenario is ahead of the server's clock. */
export const SHIFT = 'exerciseShiftMs';

/** The header of an activity: the scenario's time at which its workflow asked for it, in milliseconds since the epoch. */
export const SCENARIO_TIME = 'exercise-time';

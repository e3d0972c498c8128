/** The meaning of the exit status of every command. */
export const EXIT_STATUSES = {
  0: 'done',
  1: 'refused or ended otherwise',
  2: 'wrong use',
  3: 'Temporal or the database cannot be reached',
  4: 'a candidate is looser, or a build of an agent is worse',
  5: 'whether it is looser or worse is not known',
} as const;

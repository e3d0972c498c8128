/** The meaning of the exit status of every command. */
export const EXIT_STATUSES = {
  0: 'done',
  1: 'refused or ended otherwise',
  2: 'wrong use',
  3: 'Temporal or the database cannot be reached',
  4: 'a candidate is looser',
  5: 'whether a candidate is looser is not known',
} as const;

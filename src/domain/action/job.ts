import { meets } from '../analysis/success-condition.ts';
import type { JobStatus } from './action.ts';

/** How a job stands. */
export type JobState = 'runs' | 'succeeded' | 'failed' | 'unchanged' | 'unclear';

/**
 * Says how a job stands, by an answer. INVARIANT 7: where two conditions hold, it is unclear, and never the better of both.
 *
 * @param answer the body as JSON; undefined where it is none
 */
export function jobStateIn(
  { succeeded, failed, unchanged }: Pick<JobStatus, 'succeeded' | 'failed' | 'unchanged'>,
  status: number,
  answer: unknown,
): JobState {
  const states = [
    ...(meets(succeeded, status, answer) ? (['succeeded'] as const) : []),
    ...(meets(failed, status, answer) ? (['failed'] as const) : []),
    ...(unchanged !== undefined && meets(unchanged, status, answer) ? (['unchanged'] as const) : []),
  ];
  return states.length > 1 ? 'unclear' : (states[0] ?? 'runs');
}

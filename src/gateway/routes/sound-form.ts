import type { z } from 'zod';
import { zodFaultsOf } from '../../contract/json.ts';
import { Problem } from '../ports/problem.ts';

/**
 * Returns what a form was read as.
 *
 * @param where the member that was read; absent: the whole form
 * @throws Problem with everything that is wrong with it
 */
export function soundForm<Read>(parsed: z.ZodSafeParseResult<Read>, where?: string): Read {
  if (parsed.success) return parsed.data;
  throw new Problem('malformed', 'the form is faulty', { faults: zodFaultsOf(parsed.error, where) });
}

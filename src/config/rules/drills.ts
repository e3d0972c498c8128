import { z } from 'zod';
import type { DrillSettings } from '../../domain/installation/installation.ts';
import { key, strict } from '../source/schema.ts';

/** The member `drills:` of countersign.yaml. */
export const drillsSchema: z.ZodType<DrillSettings> = strict({
  share: key(
    z
      .number()
      .gt(0)
      .max(0.2, 'must be at most 0.2: more drills than that, and people decide on nothing else'),
    'How many of the requests that people get are drills: 0.02 is one of fifty, at most.',
    '0.02',
  ),
  cases: key(
    z.string().min(1).optional(),
    'A folder of practice cases, seen from this file. Without it, the bad ones of those that ship are used.',
    'drills',
  ),
  names: key(
    z
      .record(z.string().min(1), z.string().min(1))
      .default({})
      .meta({ title: 'names here, by the name in the cases' }),
    'What services, agents, action types, parameters and people are called here that the cases name.',
    '{ cart: basket, scaler-agent: capacity-agent }',
  ),
});

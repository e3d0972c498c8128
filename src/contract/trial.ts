import { z } from 'zod';
import type { TrialRequest } from '../domain/ruling/tried.ts';
import { exactRecord, identifier } from './json.ts';
import { agentBuild } from './proposal.ts';

/** The most actions that one request asks about: each is ruled on. */
export const MOST_TRIALS = 100;

export const trialRequest = z.strictObject({
  agent: agentBuild,
  trials: z
    .array(
      z.strictObject({
        actionType: identifier,
        target: identifier,
        environment: identifier,
        params: exactRecord.optional(),
      }),
    )
    .max(MOST_TRIALS, `at most ${MOST_TRIALS} at once`),
}) satisfies z.ZodType<TrialRequest>;

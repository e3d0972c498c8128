import { z } from 'zod';
import {
  AUTHENTICATIONS,
  DECISION_KINDS,
  type DecisionStatement,
  MOST_CONFIRMED,
} from '../domain/approval/decision-statement.ts';
import { MOST_ANSWERED } from '../domain/approval/interventions.ts';
import type { Answer } from '../domain/approval/parse-answer.ts';
import { REFUSALS } from '../domain/approval/refusal.ts';
import { identifier, jsonRecord, sha256, text } from './json.ts';

/** The payload of a decision's JWS. */
export const decisionStatementSchema = z
  .strictObject({
    installation: identifier,
    workflowId: z.string().max(300),
    runId: z.uuid(),
    digest: sha256,
    person: identifier,
    verdict: z.enum(DECISION_KINDS),
    reason: text(2_000).optional(),
    params: jsonRecord.optional(),
    incident: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:#/-]{0,199}$/, 'must be 1 to 200 letters, digits or ._:#/-')
      .optional(),
    confirmed: z.array(sha256).min(1).max(MOST_CONFIRMED).optional(),
    decidedAt: z.number().int().positive().max(8.64e15),
    authentication: z.enum(AUTHENTICATIONS),
  })
  .refine(({ params, verdict }) => params === undefined || verdict === 'edit', {
    path: ['params'],
    message: 'is for edit alone',
  })
  .refine(({ incident, verdict }) => incident === undefined || verdict === 'breakGlass', {
    path: ['incident'],
    message: 'is for breakGlass alone',
  })
  .refine(({ confirmed, verdict }) => confirmed === undefined || verdict === 'approve', {
    path: ['confirmed'],
    message: 'is for approve alone',
  }) satisfies z.ZodType<DecisionStatement>;

export const refusalSchema = z.enum(REFUSALS);

/** The input of the update `answer`. */
export const answerSchema = z.strictObject({
  questionId: z.string().regex(/^[0-9a-f]{12}$/, 'must be the id of a question'),
  text: text(MOST_ANSWERED),
}) satisfies z.ZodType<Answer>;

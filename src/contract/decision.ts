import { z } from 'zod';
import { type DecisionStatement, REFUSALS } from '../domain/decision.ts';
import { identifier, text } from './json.ts';

/** The payload of a decision's JWS. */
export const decisionStatementSchema = z.strictObject({
  workflowId: z.string().max(300),
  runId: z.uuid(),
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex SHA-256'),
  person: identifier,
  verdict: z.enum(['approve', 'deny']),
  reason: text(2_000).optional(),
  decidedAt: z.number().int().positive().max(8.64e15),
  authentication: z.literal('signing-key'),
}) satisfies z.ZodType<DecisionStatement>;

export const refusalSchema = z.enum(REFUSALS);

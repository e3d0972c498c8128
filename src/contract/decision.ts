import { z } from 'zod';
import { type DecisionStatement, REFUSALS } from '../domain/decision.ts';
import type { Decision } from '../domain/read-decision.ts';
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

/** What `decide` carries, as update and as signal: one compact JWS. */
export const decisionSchema = z.strictObject({ jws: z.string().max(16_384) }) satisfies z.ZodType<Decision>;

export const refusalSchema = z.enum(REFUSALS);

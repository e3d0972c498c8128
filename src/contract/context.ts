import { z } from 'zod';
import type { AgentContext } from '../domain/proposal/context.ts';
import { canonicalJson } from '../domain/shared/digest.ts';
import type { Fault } from '../domain/shared/json.ts';
import { jsonValue, text, zodFaultsOf } from './json.ts';
import { plainly } from './zod-messages.ts';

const contextSchema = z.strictObject({
  prompt: jsonValue,
  toolResults: z
    .array(z.strictObject({ tool: text(200), input: jsonValue.optional(), result: jsonValue }))
    .max(1_000)
    .optional(),
}) satisfies z.ZodType<AgentContext>;

/** The largest context, in bytes of canonical JSON. Encrypted it stays below the 2 MB that Temporal takes in one message. */
export const MAX_CONTEXT_BYTES = 1024 * 1024;

/** The largest encrypted context, in characters: base64 makes it a third longer, and it has a header. */
export const LONGEST_ENCRYPTED = MAX_CONTEXT_BYTES * 1.5;

export type ParsedContext =
  | { readonly kind: 'context'; readonly context: AgentContext }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/** Checks what an agent hands in as its context, and returns every fault at once. Both the client and the worker ask this. */
export function parseContext(input: unknown): ParsedContext {
  const parsed = contextSchema.safeParse(input, { error: plainly });
  if (!parsed.success) return { kind: 'refused', faults: zodFaultsOf(parsed.error, 'context').slice(0, 100) };
  const size = new TextEncoder().encode(canonicalJson(parsed.data)).length;
  if (size <= MAX_CONTEXT_BYTES) return { kind: 'context', context: parsed.data };
  const problem = `has ${size} bytes, at most ${MAX_CONTEXT_BYTES} are taken`;
  return { kind: 'refused', faults: [{ where: 'context', problem }] };
}

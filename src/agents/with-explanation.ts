import { z } from 'zod';
import { type AgentExplanation, EXPLANATION } from './explanation.ts';
import type { Governing } from './governed.ts';

/**
 * What a model has to say beside the arguments of a governed tool. INVARIANT 11: what an agent cannot explain is refused. The limits are those of
 * the contract, which checks them; here they are words for the model.
 */
const explanationSchema = z
  .strictObject({
    summary: z
      .string()
      .describe('Why this is needed now, in a few sentences, with the numbers that show it.'),
    confidence: z
      .number()
      .min(0)
      .max(1)
      .describe('0 to 1: how sure you are that this is the right thing to do.'),
    alternatives: z
      .array(
        z.strictObject({
          option: z.string().describe('What else could be done. To do nothing counts.'),
          confidence: z.number().min(0).max(1).describe('0 to 1: how sure you are that it would work.'),
          whyNot: z.string().describe('Why you do not choose it.'),
        }),
      )
      .min(1),
    evidence: z
      .array(
        z.strictObject({
          title: z.string().describe('What you looked at.'),
          detail: z.string().describe('What you saw there: numbers, times, versions.'),
        }),
      )
      .min(1),
    successCriteria: z.array(z.string()).min(1).describe('What people will see if it worked.'),
  })
  .describe(
    'People read this before they decide. Write facts. What is missing here is refused.',
  ) satisfies z.ZodType<AgentExplanation>;

/** What a model has to fill in. Where its agent explains for it, that is what the tool takes itself. */
export const argumentsFor = <T>(schema: T, { explain }: Pick<Governing, 'explain'>): T =>
  explain ? schema : withExplanation(schema);

/**
 * The schema of a tool's arguments with one more: the explanation. It takes a zod object, the shape of one, a JSON Schema, or what wraps a JSON
 * Schema (`jsonSchema()` of the AI SDK).
 */
function withExplanation<T>(schema: T): T {
  const given: unknown = schema;
  if (!isRecord(given)) throw new TypeError(`A schema of arguments is needed, and this is ${typeof given}.`);
  if (typeof given.extend === 'function') return given.extend({ [EXPLANATION]: explanationSchema });
  if (isRecord(given.jsonSchema)) {
    const { validate: _, ...rest } = given;
    return { ...rest, jsonSchema: withExplanation(given.jsonSchema) } as T;
  }
  if (given.type === 'object') {
    const { properties = {}, required = [] } = given as JsonSchema;
    return {
      ...given,
      properties: { ...properties, [EXPLANATION]: explanationJsonSchema() },
      required: [...required, EXPLANATION],
    } as T;
  }
  if (Object.values(given).every((member) => isRecord(member) && '_zod' in member))
    return { ...given, [EXPLANATION]: explanationSchema } as T;
  throw new TypeError(
    'The explanation cannot be added to these arguments: they are neither a zod object nor a JSON Schema with "type": "object". ' +
      'Give `explain`, which says why for the model.',
  );
}

interface JsonSchema {
  readonly properties?: object;
  readonly required?: readonly string[];
}

function explanationJsonSchema() {
  const { $schema: _, ...schema } = z.toJSONSchema(explanationSchema);
  return schema;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

import { z } from 'zod';
import type { Verified } from '../../activities/ports/executor.ts';
import type { FlagPlan } from '../../domain/action/action.ts';
import type { FlagDefinition } from '../../domain/action/flag.ts';
import { isJsonRecord, jsonIn } from '../../domain/shared/json.ts';
import { answerLine, statusLine } from '../answer-text.ts';
import type { Prove } from '../credentials.ts';
import { addressFault, request } from '../request.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/** An evaluation (OpenFeature Remote Evaluation Protocol), or an error of it. */
const evaluation = z.object({
  reason: z.string().optional(),
  variant: z.string().optional(),
  errorCode: z.string().optional(),
});

type Evaluator = NonNullable<FlagPlan['ofrep']>;

/** Asks once how a flag is evaluated, and compares it with its definition. */
export async function evaluatedAs(
  { url, context }: Evaluator,
  flag: string,
  definition: FlagDefinition,
  prove: (url: URL) => Prove,
  timeoutMs: number,
): Promise<Verified> {
  const fault = addressFault(url);
  if (fault !== undefined) return { kind: 'unknown', reason: fault };
  const address = new URL(`${url.replace(/\/$/, '')}/ofrep/v1/evaluate/flags/${encodeURIComponent(flag)}`);
  const answer = await request(address, prove(address), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ context }),
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
  });
  if (answer.kind === 'none') return { kind: 'unknown', reason: answer.reason };
  const { data } = evaluation.safeParse(jsonIn(answer.text));
  const { status, hide } = answer;
  if (!data || ![200, 404].includes(status))
    return { kind: 'unknown', reason: answerLine(`${statusLine(status)}: ${hide(answer.text)}`) };
  const { reason = '', variant, errorCode } = data;
  const said = answerLine(hide(`it is evaluated to ${variant ?? 'no variant'} (${errorCode ?? reason})`));
  return isSo(definition, { reason, variant, errorCode, status })
    ? { kind: 'verified', summary: said }
    : { kind: 'notSo', reason: said };
}

interface Evaluation extends z.infer<typeof evaluation> {
  readonly status: number;
}

/** Whether an evaluation follows from a definition. Of targeting only the evaluator knows which variant follows. */
function isSo(
  { state, defaultVariant, targeting, variants }: FlagDefinition,
  evaluated: Evaluation,
): boolean {
  const { reason, variant, errorCode, status } = evaluated;
  // A disabled flag is one that is not there, or one that is evaluated to nothing: both are in use.
  if (state === 'DISABLED') return errorCode === 'FLAG_NOT_FOUND' || reason === 'DISABLED';
  if (status !== 200 || errorCode !== undefined || reason === 'DISABLED') return false;
  const isTargeted = isJsonRecord(targeting) && Object.keys(targeting).length > 0;
  if (!isTargeted) return variant === (defaultVariant ?? undefined);
  return variant === undefined || (isJsonRecord(variants) && Object.hasOwn(variants, variant));
}

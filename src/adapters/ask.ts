import type { Auth } from '../config/index.ts';
import type { Inquiry } from '../domain/action/action.ts';
import { answerLine } from './answer-text.ts';
import { credentialsByOrigin } from './credentials.ts';
import { hide } from './hide.ts';
import { notStarted, variablesFor } from './program.ts';
import { addressFault, request } from './request.ts';
import { runProgram } from './run-program.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

export type Asked =
  | {
      readonly kind: 'answer';
      /** The HTTP status, or the exit status of a program. */
      readonly status: number;
      /** What was answered or printed, without secrets. */
      readonly text: string;
      /** Why `text` is not all of it. Absent: it is. */
      readonly cut?: string | undefined;
      /** The last line that a program wrote to its standard error, without secrets. */
      readonly lastError?: string | undefined;
    }
  /** No answer came. The reason is one line. */
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Asks over HTTP, with GET, and by running programs. An answer over HTTP may have 64 KB, the output of a program 16 KB.
 *
 * @param systems the credentials, by the origin that they are sent to; they are sent nowhere else
 */
export function createAsk(
  systems: Readonly<Record<string, Auth>> = {},
): (inquiry: Inquiry) => Promise<Asked> {
  const proveTo = credentialsByOrigin(systems);

  async function get({ url: address, timeoutMs }: Http): Promise<Asked> {
    const fault = addressFault(address);
    if (fault !== undefined) return none(fault);
    const url = new URL(address);
    const answer = await request(url, proveTo(url), {
      method: 'GET',
      headers: { accept: 'application/json, text/plain;q=0.9, */*;q=0.5' },
      timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
    });
    if (answer.kind === 'none') return none(answer.reason);
    const { status, text, complete } = answer;
    const cut = complete ? undefined : `the answer is larger than ${MAX_ANSWER_BYTES} bytes`;
    return { kind: 'answer', status, text: answer.hide(text), cut };
  }

  return (inquiry) => (inquiry.by === 'http' ? get(inquiry) : run(inquiry));
}

type Http = Extract<Inquiry, { by: 'http' }>;
type Command = Extract<Inquiry, { by: 'command' }>;

/** Runs a program that prints its answer. It finds PATH and the variables that are named, and nothing else of this process's. */
async function run({ argv, environment = {}, timeoutMs }: Command): Promise<Asked> {
  const variables = variablesFor(environment);
  if (variables.kind === 'missing') return none(notStarted(argv, variables.why));
  const { values, secrets } = variables;
  const programEnd = await runProgram(argv, { PATH: process.env.PATH, ...values }, timeoutMs);
  switch (programEnd.kind) {
    case 'exited': {
      const { status, output, complete, errors } = programEnd;
      const cut = complete ? undefined : 'the program printed more than 16 KB';
      const lastError = hide(errors, secrets).trim().split('\n').at(-1) ?? '';
      return { kind: 'answer', status, text: hide(output, secrets), cut, lastError };
    }
    case 'killed':
      return none(`it was ended by ${programEnd.signal}`);
    case 'tooLong':
      return none(`it was still running after ${timeoutMs} ms`);
    case 'notStarted':
      return none(notStarted(argv, programEnd.why));
  }
}

const none = (reason: string): Asked => ({ kind: 'none', reason: answerLine(reason) });

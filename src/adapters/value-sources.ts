import type { ValueAnswer, ValueQuestion, ValueSources } from '../activities/ports/value-sources.ts';
import type { Auth } from '../config/index.ts';
import { answerLine, statusLine } from './answer-text.ts';
import { credentialsByOrigin } from './credentials.ts';
import { hide } from './hide.ts';
import { notStarted, variablesFor } from './program.ts';
import { addressFault, request } from './request.ts';
import { runProgram } from './run-program.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Asks over HTTP, with GET, and by running programs. Only status 200 and exit status 0 are answers. An answer over HTTP may have 64 KB, the
 * output of a program 16 KB.
 *
 * @param systems the credentials, by the origin that they are sent to; they are sent nowhere else
 */
export function createValueSources(systems: Readonly<Record<string, Auth>> = {}): ValueSources {
  const proveTo = credentialsByOrigin(systems);

  async function get({ url: address, timeoutMs }: Http): Promise<ValueAnswer> {
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
    if (answer.status !== 200) return none(`it answered ${statusLine(answer.status)}`);
    if (!answer.complete) return none(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    return { kind: 'text', text: answer.hide(answer.text) };
  }

  return { ask: (question) => (question.by === 'http' ? get(question) : run(question)) };
}

type Http = Extract<ValueQuestion, { by: 'http' }>;
type Command = Extract<ValueQuestion, { by: 'command' }>;

/** Runs a program that prints the value. It finds PATH and the variables that are named, and nothing else of this process's. */
async function run({ argv, environment = {}, timeoutMs }: Command): Promise<ValueAnswer> {
  const variables = variablesFor(environment);
  if (variables.kind === 'missing') return none(notStarted(argv, variables.why));
  const { values, secrets } = variables;
  const programEnd = await runProgram(argv, { PATH: process.env.PATH, ...values }, timeoutMs);
  const lastLine = (errors: string) => hide(errors, secrets).trim().split('\n').at(-1) ?? '';
  switch (programEnd.kind) {
    case 'exited': {
      const { status, output, complete, errors } = programEnd;
      if (status !== 0) return none(`it ended with exit status ${status}: ${lastLine(errors)}`);
      return complete
        ? { kind: 'text', text: hide(output, secrets) }
        : none('the program printed more than 16 KB');
    }
    case 'killed':
      return none(`it was ended by ${programEnd.signal}`);
    case 'tooLong':
      return none(`it was still running after ${timeoutMs} ms`);
    case 'notStarted':
      return none(notStarted(argv, programEnd.why));
  }
}

const none = (reason: string): ValueAnswer => ({ kind: 'none', reason: answerLine(reason) });

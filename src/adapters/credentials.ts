import { readFile } from 'node:fs/promises';
import type { Auth, Secret } from '../config/index.ts';
import { answerLine } from './answer-text.ts';
import { hide, mayBeSecret } from './hide.ts';
import { runProgram } from './run-program.ts';

export type CredentialProof =
  | {
      readonly kind: 'headers';
      readonly headers: Readonly<Record<string, string>>;
      /** A text of the other side without the secrets that it was sent. */
      readonly hide: (text: string) => string;
    }
  /** What would prove it could not be had. No secret is in the reason. */
  | { readonly kind: 'none'; readonly reason: string };

/** The headers that prove who asks, for one request that may take so many milliseconds. Never throws. */
export type Prove = (timeoutMs: number) => Promise<CredentialProof>;

/** A program that prints a token is run again after this long. Tokens live for minutes at least. */
const KEPT_MS = 60_000;
/** A program may take so long of the time that the request has. */
const PROGRAM_MS = 4_000;

/**
 * What proves to one address who asks.
 *
 * @param others secrets that requests to it carry elsewhere, in their body or address, and that are hidden with the rest
 */
export function createCredentials(auth: Auth | undefined, others: readonly string[] = []): Prove {
  const { basic, bearer, headers = {} } = auth ?? {};
  const password = basic && readerOf(basic.password, /^\P{Cc}+$/u, 'one line of text');
  const inHeader = (secret: Secret) => readerOf(secret, /^[!-~]+( [!-~]+)*$/, 'one line of printable ASCII');
  const token = bearer === undefined ? undefined : inHeader(bearer);
  const named = Object.entries(headers).map(([name, secret]) => [name, inHeader(secret)] as const);

  return async (timeoutMs) => {
    const sent: Record<string, string> = {};
    const secrets = [...others];
    const read = async (reader: Reader) => {
      const secret = await reader(timeoutMs);
      secrets.push(secret);
      return secret;
    };
    try {
      if (basic && password) {
        const pair = Buffer.from(`${basic.user}:${await read(password)}`).toString('base64');
        secrets.push(pair);
        sent.authorization = `Basic ${pair}`;
      }
      if (token) sent.authorization = `Bearer ${await read(token)}`;
      for (const [name, reader] of named) sent[name] = await read(reader);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return { kind: 'none', reason: answerLine(`the credentials cannot be had: ${error.message}`) };
    }
    return { kind: 'headers', headers: sent, hide: (text) => hide(text, secrets) };
  };
}

/** What follows the origin of an address may be what gives the right to use it. */
export function secretsInAddress({ href, pathname, search, searchParams }: URL): string[] {
  return [href, `${pathname}${search}`, pathname, search, ...searchParams.values()].filter(mayBeSecret);
}

/** No secret is ever in its message. */
class Unreadable extends Error {}

/** @throws Unreadable */
type Reader = (timeoutMs: number) => Promise<string>;

function readerOf(secret: Secret, form: RegExp, inWords: string): Reader {
  if (typeof secret === 'string') return async () => secret;
  if ('file' in secret) {
    const { file } = secret;
    return async () => {
      const text = (await textOf(file)).trim();
      if (!form.test(text)) throw new Unreadable(`${file} does not hold ${inWords}`);
      return text;
    };
  }
  return kept(async (timeoutMs) => {
    const what = `the command ${JSON.stringify(secret.command[0])}`;
    const printed = (await printedBy(secret, what, timeoutMs)).trim();
    if (!form.test(printed)) throw new Unreadable(`${what} did not print ${inWords}`);
    return printed;
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Unreadable(`${file} cannot be read (${code})`);
  }
}

async function printedBy(
  { command, environment }: Extract<Secret, { command: readonly string[] }>,
  what: string,
  timeoutMs: number,
): Promise<string> {
  const named = environment.map((name) => [name, process.env[name]]);
  const mostMs = Math.min(timeoutMs, PROGRAM_MS);
  const ended = await runProgram(command, { PATH: process.env.PATH, ...Object.fromEntries(named) }, mostMs);
  switch (ended.kind) {
    case 'exited':
      if (ended.status === 0) return ended.output;
      // What it wrote to standard error is about credentials: it may hold some.
      throw new Unreadable(`${what} ended with exit status ${ended.status}`);
    case 'killed':
      throw new Unreadable(`${what} was ended by ${ended.signal}`);
    case 'tooLong':
      throw new Unreadable(`${what} was still running after ${mostMs} ms`);
    case 'notStarted':
      throw new Unreadable(`${what} was not started: ${ended.why}`);
  }
}

/** Those who need it at the same time wait for the same answer, and a good one is kept for a while. */
function kept(read: Reader): Reader {
  let last: { readonly at: number; readonly secret: Promise<string> } | undefined;
  return (timeoutMs) => {
    if (last && Date.now() - last.at < KEPT_MS) return last.secret;
    const asked = { at: Date.now(), secret: read(timeoutMs) };
    last = asked;
    asked.secret.catch(() => {
      if (last === asked) last = undefined;
    });
    return asked.secret;
  };
}

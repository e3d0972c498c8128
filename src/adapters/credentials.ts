import { readFile } from 'node:fs/promises';
import type { Auth, Secret } from '../config/index.ts';
import { lookup } from '../domain/shared/lookup.ts';
import { answerLine } from './answer-text.ts';
import { hide, mayBeSecret } from './hide.ts';
import { runProgram } from './run-program.ts';

export type CredentialProof =
  | {
      readonly kind: 'headers';
      readonly headers: Readonly<Record<string, string>>;
      /** Removes the secrets that were sent from a text of the other side. */
      readonly hide: (text: string) => string;
    }
  /** The credentials could not be had. No secret is in the reason. */
  | { readonly kind: 'none'; readonly reason: string };

/** Makes the headers that authenticate one request, within `timeoutMs`. Never throws. */
export type Prove = (timeoutMs: number) => Promise<CredentialProof>;

/** How long the answer of a token program is used again. Tokens live for minutes at least. */
const KEPT_MS = 60_000;
/** How much of a request's time such a program may take. */
const PROGRAM_MS = 4_000;

/**
 * The credentials for one address.
 *
 * @param otherSecrets secrets that requests to that address carry elsewhere, in their body or address, and that are hidden with the rest
 */
export function createCredentials(auth: Auth | undefined, otherSecrets: readonly string[] = []): Prove {
  const { basic, bearer, headers = {} } = auth ?? {};
  const password = basic && readerOf(basic.password, /^\P{Cc}+$/u, 'one line of text');
  const inHeader = (secret: Secret) => readerOf(secret, /^[!-~]+( [!-~]+)*$/, 'one line of printable ASCII');
  const token = bearer === undefined ? undefined : inHeader(bearer);
  const headerReaders = Object.entries(headers).map(([name, secret]) => [name, inHeader(secret)] as const);

  return async (timeoutMs) => {
    const sent: Record<string, string> = {};
    const secrets = [...otherSecrets];
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
      for (const [name, reader] of headerReaders) sent[name] = await read(reader);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return { kind: 'none', reason: answerLine(`the credentials cannot be had: ${error.message}`) };
    }
    return { kind: 'headers', headers: sent, hide: (text) => hide(text, secrets) };
  };
}

/** For an address that asks for no proof. */
export const NO_CREDENTIALS: Prove = createCredentials(undefined);

/** The credentials for each address, by its origin. They are sent to that origin and nowhere else. */
export function credentialsByOrigin(systems: Readonly<Record<string, Auth>>): (url: URL) => Prove {
  const credentials = Object.fromEntries(
    Object.entries(systems).map(([origin, auth]) => [origin, createCredentials(auth)]),
  );
  return ({ origin }) => lookup(credentials, origin) ?? NO_CREDENTIALS;
}

/** The parts of an address that may be secrets. What follows the origin may give the right to use the address. */
export function secretsInAddress({ href, pathname, search, searchParams }: URL): string[] {
  return [href, `${pathname}${search}`, pathname, search, ...searchParams.values()].filter(mayBeSecret);
}

/** A secret that could not be read. Its message never contains the secret. */
class Unreadable extends Error {}

/** Reads one secret within a time limit. @throws Unreadable */
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
  return keepSecret(async (timeoutMs) => {
    const commandText = `the command ${JSON.stringify(secret.command[0])}`;
    const output = (await printedBy(secret, commandText, timeoutMs)).trim();
    if (!form.test(output)) throw new Unreadable(`${commandText} did not print ${inWords}`);
    return output;
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
  commandText: string,
  timeoutMs: number,
): Promise<string> {
  const variables = environment.map((name) => [name, process.env[name]]);
  const mostMs = Math.min(timeoutMs, PROGRAM_MS);
  const programEnd = await runProgram(
    command,
    { PATH: process.env.PATH, ...Object.fromEntries(variables) },
    mostMs,
  );
  switch (programEnd.kind) {
    case 'exited':
      if (programEnd.status === 0) return programEnd.output;
      // Standard error of a token program may contain credentials, so it is not quoted.
      throw new Unreadable(`${commandText} ended with exit status ${programEnd.status}`);
    case 'killed':
      throw new Unreadable(`${commandText} was ended by ${programEnd.signal}`);
    case 'tooLong':
      throw new Unreadable(`${commandText} was still running after ${mostMs} ms`);
    case 'notStarted':
      throw new Unreadable(`${commandText} was not started: ${programEnd.why}`);
  }
}

/** Shares one answer among requests that need it at the same time, and keeps a good answer for a while. */
function keepSecret(read: Reader): Reader {
  let last: { readonly at: number; readonly secret: Promise<string> } | undefined;
  return (timeoutMs) => {
    if (last && Date.now() - last.at < KEPT_MS) return last.secret;
    const reading = { at: Date.now(), secret: read(timeoutMs) };
    last = reading;
    reading.secret.catch(() => {
      if (last === reading) last = undefined;
    });
    return reading.secret;
  };
}

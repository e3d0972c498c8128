import { readFile } from 'node:fs/promises';
import { request as requestOverTls } from 'node:https';
import { answerLine, failureOf, readBody } from './answer-text.ts';
import type { Prove } from './credentials.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The time for all of it, from the credentials to the end of the answer. */
  readonly timeoutMs: number;
  /** How much of the answer is read, at most. */
  readonly maxBytes: number;
  /** The path of the certificates (PEM) that prove who answers, in place of those that every system trusts. Read at each request. */
  readonly ca?: string | undefined;
}

export type HttpAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly header: (name: string) => string;
      readonly text: string;
      /** Whether `text` is the whole answer. */
      readonly complete: boolean;
      /** Removes secrets. Every quoted text of the answer goes through this, because a system may repeat what it was sent. */
      readonly hide: (text: string) => string;
    }
  /** `sent`: whether the other side may have had the request. No secret is in the reason. */
  | { readonly kind: 'none'; readonly sent: boolean; readonly reason: string };

/**
 * Sends an HTTP request. All HTTP requests go through this function. The credentials go to this address alone: a redirect is
 * returned as the answer, and is not followed. Never throws.
 */
export async function request(url: URL, prove: Prove, httpRequest: HttpRequest): Promise<HttpAnswer> {
  const { method, headers, body, timeoutMs, maxBytes } = httpRequest;
  let signal: AbortSignal;
  try {
    signal = AbortSignal.timeout(timeoutMs);
  } catch (error) {
    return { kind: 'none', sent: false, reason: failureOf(error, timeoutMs) };
  }
  const proof = await prove(timeoutMs);
  if (proof.kind === 'none') return { ...proof, sent: false };
  if (signal.aborted) return { kind: 'none', sent: false, reason: failureOf(signal.reason, timeoutMs) };
  const trusted = httpRequest.ca === undefined ? undefined : await certificatesIn(httpRequest.ca);
  if (trusted?.kind === 'none') return { ...trusted, sent: false };
  const sent = {
    method,
    headers: { 'user-agent': 'countersign', ...headers, ...proof.headers },
    body,
    signal,
  };
  try {
    const answer = await (trusted ? overTls(url, sent, trusted.ca) : overFetch(url, sent));
    const { text, complete } = await readBody(answer.body, maxBytes);
    return { kind: 'answer', status: answer.status, header: answer.header, text, complete, hide: proof.hide };
  } catch (error) {
    const reason = failureOf(signal.aborted ? signal.reason : error, timeoutMs);
    return { kind: 'none', sent: true, reason: proof.hide(reason) };
  }
}

interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** An answer of which the body is still to be read. */
interface Opened {
  readonly status: number;
  readonly header: (name: string) => string;
  readonly body: AsyncIterable<Uint8Array> | null;
}

async function overFetch(url: URL, { body, ...sent }: Sent): Promise<Opened> {
  const response = await fetch(url, { ...sent, ...(body === undefined ? {} : { body }), redirect: 'manual' });
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? '',
    body: response.body,
  };
}

/** fetch takes no certificates of one's own. */
function overTls(url: URL, { body, ...sent }: Sent, ca: string): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const message = requestOverTls(url, { ...sent, ca }, (answer) =>
      resolve({
        status: answer.statusCode ?? 0,
        header: (name) => String(answer.headers[name.toLowerCase()] ?? ''),
        body: answer,
      }),
    );
    message.on('error', reject);
    message.end(body);
  });
}

async function certificatesIn(
  file: string,
): Promise<{ kind: 'ca'; ca: string } | { kind: 'none'; reason: string }> {
  try {
    const ca = await readFile(file, 'utf8');
    return ca.includes('-----BEGIN CERTIFICATE-----')
      ? { kind: 'ca', ca }
      : { kind: 'none', reason: `${file} holds no certificate in PEM` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { kind: 'none', reason: `${file} cannot be read (${code})` };
  }
}

/** Why an address can never be used. Checked before the request, so that such an address is not taken for a failed connection. */
export function addressFault(url: string): string | undefined {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !['http:', 'https:'].includes(address.protocol)) {
    return answerLine(`${JSON.stringify(url)} is not an address that begins with http:// or https://`);
  }
  return address.username || address.password
    ? `the address of ${address.host} holds a user name or password; give them as auth of that origin`
    : undefined;
}

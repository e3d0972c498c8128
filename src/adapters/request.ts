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
  try {
    const response = await fetch(url, {
      method,
      headers: { 'user-agent': 'countersign', ...headers, ...proof.headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal,
    });
    const { text, complete } = await readBody(response, maxBytes);
    const header = (name: string) => response.headers.get(name) ?? '';
    return { kind: 'answer', status: response.status, header, text, complete, hide: proof.hide };
  } catch (error) {
    return { kind: 'none', sent: true, reason: proof.hide(failureOf(error, timeoutMs)) };
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

import { failureOf, readBody } from './answer-text.ts';
import type { Prove } from './credentials.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For all of it, from what proves who asks to the end of the answer. */
  readonly timeoutMs: number;
  /** Of the answer, more is not read. */
  readonly maxBytes: number;
}

export type HttpAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly header: (name: string) => string;
      readonly text: string;
      /** Whether `text` is all that there was. */
      readonly complete: boolean;
      /** What is told of an answer goes through this: a system may repeat what it was sent. */
      readonly hide: (text: string) => string;
    }
  /** `sent`: whether the other side may have had the request. No secret is in the reason. */
  | { readonly kind: 'none'; readonly sent: boolean; readonly reason: string };

/**
 * The one way in which anything is asked over HTTP. What proves who asks goes to this address alone: redirects are answers, and
 * are not followed. Never throws.
 */
export async function request(url: URL, prove: Prove, asked: HttpRequest): Promise<HttpAnswer> {
  const { method, headers, body, timeoutMs, maxBytes } = asked;
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

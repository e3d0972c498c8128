import { failureOf, readBody } from './answer.ts';

const MAX_ANSWER_BYTES = 16 * 1024;

export type Posted =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  | { readonly kind: 'none'; readonly reason: string };

/** Posts a text and reads the answer. Redirects are not followed: they would hand a secret to another host. Never throws. */
export async function post(
  endpoint: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Posted> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'user-agent': 'countersign', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { text } = await readBody(response, MAX_ANSWER_BYTES);
    return { kind: 'answer', status: response.status, text };
  } catch (error) {
    return { kind: 'none', reason: failureOf(error, timeoutMs) };
  }
}

import { failureOf, readBody } from './answer.ts';

const MAX_BYTES = 8 * 1024 * 1024;

export type Fetched =
  | { readonly kind: 'text'; readonly status: number; readonly contentType: string; readonly text: string }
  | { readonly kind: 'none'; readonly reason: string };

/** Reads a text of at most 8 MB. Redirects are not followed. Never throws. */
export async function fetchText(url: URL, accept: string, timeoutMs: number): Promise<Fetched> {
  try {
    const response = await fetch(url, {
      headers: { accept, 'user-agent': 'countersign' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { text, complete } = await readBody(response, MAX_BYTES);
    if (!complete) return { kind: 'none', reason: `the answer is larger than ${MAX_BYTES} bytes` };
    const contentType = response.headers.get('content-type') ?? '';
    return { kind: 'text', status: response.status, contentType, text };
  } catch (error) {
    return { kind: 'none', reason: failureOf(error, timeoutMs) };
  }
}

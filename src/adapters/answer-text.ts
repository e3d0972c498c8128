import { STATUS_CODES } from 'node:http';
import { visible } from '../domain/shared/visible.ts';

const MAX_CHARACTERS = 500;

/**
 * What the other side wrote, made fit for a history, a mail and a terminal: one line of at most 500 characters, without control
 * characters, direction-changing characters or other invisible ones.
 */
export function answerLine(text: string): string {
  const characters = [
    ...visible(text, () => ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  ];
  return characters.length <= MAX_CHARACTERS
    ? characters.join('')
    : `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}

/**
 * Reads an answer as UTF-8, and stops at `maxBytes`.
 *
 * @throws when the answer breaks off or its time is over
 */
export async function readBody(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<{ text: string; complete: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return { text: Buffer.concat(chunks).subarray(0, maxBytes).toString(), complete: size <= maxBytes };
}

/** Why fetch gave no complete answer, in one line. */
export function failureOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return answerLine(String(error));
  if (error.name === 'TimeoutError') return `no complete answer within ${timeoutMs} ms`;
  // fetch says only "fetch failed"; what happened is in its cause, and for a host with several addresses in its code.
  const { message, code } = (error.cause instanceof Error ? error.cause : error) as NodeJS.ErrnoException;
  return answerLine(message || code || error.message);
}

/** A status with its usual name, for example `404 Not Found`. The server's own wording is not used. */
export const statusLine = (status: number) => `${status} ${STATUS_CODES[status] ?? ''}`.trim();

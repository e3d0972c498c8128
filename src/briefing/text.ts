import { createHash } from 'node:crypto';
import { beginningOf } from '../domain/shared/beginning.ts';
import { inWords } from '../domain/shared/in-words.ts';
import type { Json } from '../domain/shared/json.ts';
import { shownJson } from '../domain/shared/shown-json.ts';
import { exactLine, visible } from '../domain/shared/visible.ts';

export { exactLine, lookalikes, visible } from '../domain/shared/visible.ts';
export { inWords };

/** Returns a measured time in words, to the second. Less than a second is one. @param ms milliseconds */
export const inSeconds = (ms: number): string => inWords(Math.max(1_000, Math.round(ms / 1_000) * 1_000));

/** Cuts a text at a number of UTF-16 units and says how many are missing; the words that say so come on top. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const beginning = beginningOf(text, limit);
  return `${beginning}... (${text.length - beginning.length} more characters)`;
}

/** Breaks addresses, because a mail program makes a link of anything like `https://`. */
const unlinked = (text: string) => text.replaceAll('://', '[:]//');

/** Text of several lines, for people: without hidden characters and links, cut to a length. */
export const prose = (text: string, limit: number) => cut(unlinked(visible(text)), limit);

/** Text on one line, for people: without hidden characters and links, cut to a length. */
export const oneLine = (text: string, limit: number) => cut(unlinked(exactLine(text)), limit);

/** JSON for people. `\/` is JSON's own way (RFC 8259) to write a slash: the value stays exact, and is no link. */
export const jsonText = (value: Json | readonly Json[]) =>
  visible(shownJson(value, 2)).replaceAll('://', ':\\/\\/');

/** A time in UTC to the second. @param time milliseconds since the epoch */
export const utc = (time: number) => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export const sha256Hex = (text: string) => createHash('sha256').update(text).digest('hex');

/** An id unchanged where it fits a header and PagerDuty's 255 characters; its SHA-256 otherwise. */
export const safeId = (id: string) => (/^[A-Za-z0-9._-]{1,255}$/.test(id) ? id : sha256Hex(id));

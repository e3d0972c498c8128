import { inWords } from '../domain/shared/in-words.ts';

/**
 * Returns why an answer says nothing about now: the clock of the system that gave it, or of the cache that kept it, is further from ours than
 * a sample may be old. Then its samples are of other times than they seem. Undefined where it is not, and where the answer has no date.
 *
 * @param date the header Date of the answer (RFC 9110, 6.6.1)
 */
export function whyOffTime(date: string, now: number, staleAfterMs: number): string | undefined {
  const behind = now - Date.parse(date);
  if (Number.isNaN(behind) || Math.abs(behind) <= staleAfterMs) return undefined;
  return `its clock is ${inWords(Math.round(Math.abs(behind) / 1_000) * 1_000)} ${behind > 0 ? 'behind' : 'ahead of'} ours: set both by the same time server`;
}

import { parseDuration } from '../config/index.ts';
import { CommandError } from './command-error.ts';

const DAY_MS = 24 * 3_600_000;

/** The time that `--since` names, in milliseconds since the epoch. @param text a time span before `now`, or a time */
export function momentOf(text: string, now: number): number {
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? [];
  const span = days === undefined ? parseDuration(text) : Number(days) * DAY_MS;
  if (span !== undefined) return Math.max(0, now - span);
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new CommandError(
      `--since ${text}: must be a time span such as 90d or 12h, or a time such as 2026-09-01T00:00Z`,
    );
  return at;
}

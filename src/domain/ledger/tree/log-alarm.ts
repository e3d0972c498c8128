/**
 * How long a checkpoint may wait for its witnesses before on-call is paged, in milliseconds. A witness that is updated or moved is away for some
 * minutes, and nobody is to be woken for that. After an hour somebody has to act; what could be written anew meanwhile is the entries of
 * that hour.
 */
export const WITNESS_PATIENCE_MS = 3_600_000;

/** What is wrong with the log, so that people have to look. */
export type LogAlarm =
  /** The ledger does not go on from its last checkpoint, or is broken. */
  | { readonly kind: 'notSigned'; readonly reason: string }
  /** A witness saw another ledger than this one. */
  | { readonly kind: 'contradicted'; readonly witness: string; readonly reason: string }
  /** Fewer witnesses than are needed saw the newest entries. `since`: when the first checkpoint that they did not see was signed. */
  | {
      readonly kind: 'unwitnessed';
      readonly seen: number;
      readonly needed: number;
      readonly size: number;
      readonly since: number;
    };

/** Names an alarm: one that goes on has the same name, and people are paged about it once. */
export const nameOfAlarm = (alarm: LogAlarm): string =>
  alarm.kind === 'contradicted' ? contradictedBy(alarm.witness) : alarm.kind;

export const contradictedBy = (witness: string): string => `contradicted/${witness}`;

/** How many entries as many witnesses saw as are needed. @param seen how many each of them saw */
export function witnessedSize(seen: readonly number[], needed: number): number {
  if (needed === 0) return Number.POSITIVE_INFINITY;
  return seen.toSorted((a, b) => b - a)[needed - 1] ?? 0;
}

/**
 * Whether the newest entries have waited too long for their witnesses.
 *
 * @param seen how many entries each witness saw
 * @param waiting the oldest checkpoint that covers more than `witnessedSize`; undefined: none waits
 * @param now milliseconds since the epoch
 */
export function unwitnessed(
  seen: readonly number[],
  needed: number,
  waiting: { readonly size: number; readonly signedAt: number } | undefined,
  now: number,
): LogAlarm | undefined {
  if (!waiting || now - waiting.signedAt < WITNESS_PATIENCE_MS) return undefined;
  const { size, signedAt: since } = waiting;
  return { kind: 'unwitnessed', seen: seen.filter((count) => count >= size).length, needed, size, since };
}

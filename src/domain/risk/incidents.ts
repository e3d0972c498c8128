import { type Samples, valueFault } from '../analysis/condition.ts';
import { beginningOf } from '../shared/beginning.ts';

/** An open incident, as the installation's source names it. */
export interface Incident {
  readonly id: string;
  readonly title: string;
  /** Its kind, as an action type names it in `cures`. Absent: the source gave none. */
  readonly kind?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** The open incidents on a service, the newest first, or why they could not be read. */
export type IncidentsRead =
  | { readonly kind: 'known'; readonly incidents: readonly Incident[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The most incidents on one service that are named, and the longest text of one, in UTF-16 units. */
const MOST = 5;
const LONGEST = 200;

/** How far the clock of a source may be ahead of ours, in milliseconds. */
const AHEAD_MS = 60_000;

/**
 * Reads incidents from samples. INVARIANT 7: a sample that does not say which incident it is, or when it began, makes all of them unknown,
 * so that none is left out without a word.
 *
 * @param now milliseconds since the epoch
 */
export function incidentsIn(samples: Samples, now: number): IncidentsRead {
  if (samples.kind === 'none') return { kind: 'unknown', reason: samples.reason };
  const incidents: Incident[] = [];
  for (const sample of samples.samples) {
    const { id, title = id, kind } = sample.labels;
    if (id === undefined || id === '' || title === undefined)
      return { kind: 'unknown', reason: 'one has no label id' };
    const fault = valueFault(sample, now);
    if (fault !== undefined) return { kind: 'unknown', reason: `of one ${fault}` };
    const startedAt = Math.round(sample.value * 1_000);
    if (startedAt <= 0 || startedAt > now + AHEAD_MS)
      return {
        kind: 'unknown',
        reason: `one began at ${sample.value}, which is no time in the past, in seconds`,
      };
    incidents.push({ id: cut(id), title: cut(title), ...(kind ? { kind: cut(kind) } : {}), startedAt });
  }
  return {
    kind: 'known',
    incidents: incidents.sort((a, b) => b.startedAt - a.startedAt).slice(0, MOST),
  };
}

const cut = (text: string) => beginningOf(text, LONGEST);

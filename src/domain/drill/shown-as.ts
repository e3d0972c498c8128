import type { ReadEntry } from '../ledger/ledger.ts';
import type { EntryBodies } from '../record/on-record.ts';
import type { Json } from '../shared/json.ts';
import { bodyOf, drillIn, revealText } from './drill.ts';

/**
 * The entries about a drill as those of the action that it looks like; all others stay as they are. It is for pages, and for whoever checks what
 * a person said about one. A step that changes something reads the entries themselves, and finds no action in them.
 *
 * Who ended it, and how, is left out: what a person caught or missed is for nobody else.
 *
 * @param entries all entries about one id, in their order
 */
export function shownAs(entries: readonly ReadEntry[]): readonly ReadEntry[] {
  const drill = drillIn(entries);
  if (!drill) return entries;
  const { runId, ruled, reveal } = drill.asked;
  const as = <Kind extends 'ruled' | 'told' | 'closed'>(
    entry: ReadEntry,
    kind: Kind,
    body: EntryBodies[Kind],
  ): ReadEntry => ({
    ...entry,
    kind,
    eventId: `${entry.actionId}/${runId}/${kind}`,
    body: body as unknown as Json,
  });
  return entries.map((entry) => {
    const told = bodyOf(entry, 'drillTold');
    if (entry.kind === 'drillAsked') return as(entry, 'ruled', ruled);
    if (told) return as(entry, 'told', { deliveries: told.deliveries });
    if (entry.kind !== 'drillEnded') return entry;
    return as(entry, 'closed', {
      outcome: { kind: 'cancelled', reason: revealText(reveal) },
      hold: false,
      record: {},
      review: null,
    });
  });
}

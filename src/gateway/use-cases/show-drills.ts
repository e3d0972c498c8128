import { isAboutDrill } from '../../domain/drill/drill.ts';
import { shownAs } from '../../domain/drill/shown-as.ts';
import { isReadable, type ReadEntry } from '../../domain/ledger/ledger.ts';
import type { LedgerReader } from '../ports/deps.ts';

/**
 * The ledger as the gateway shows it: a drill looks as the action that it plays. The gateway starts nothing by it (decision 21), and a worker reads
 * the ledger itself.
 */
export const showingDrills = (ledger: LedgerReader): LedgerReader => ({
  entriesOf: async (actionId) => shownAs(await ledger.entriesOf(actionId)),
  all: (from, limit) => withoutDrills(ledger.all(from, limit)),
  head: () => ledger.head(),
});

/** Entries in their order. What those about drills say is left out, as if it were erased: everybody who is signed in reads them. */
async function* withoutDrills(entries: AsyncGenerator<ReadEntry, void>): AsyncGenerator<ReadEntry, void> {
  for await (const entry of entries) {
    if (!isReadable(entry) || !isAboutDrill(entry) || entry.commitment === undefined) yield entry;
    else {
      const { body: _, salt: __, kind: was, commitment, ...bare } = entry;
      yield { ...bare, kind: 'erased', was, commitment, body: { reason: 'it is about a drill' } };
    }
  }
}

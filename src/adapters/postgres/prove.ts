import type { ClientBase, Pool } from 'pg';
import { type ActionProof, entryLine, headerLine } from '../../domain/ledger/tree/ledger-file.ts';
import { readEntriesOf } from './entries-of-action.ts';
import { inclusionProver, readCheckpoint } from './tree.ts';

/** Proves every entry about an action by the newest checkpoint. */
export async function proveAction(client: ClientBase | Pool, action: string): Promise<ActionProof> {
  // The checkpoint first: what is added meanwhile is then in no proof, and is not asked for.
  const stored = await readCheckpoint(client);
  const entries = await readEntriesOf(client, action);
  const last = entries.at(-1);
  if (last === undefined) return { kind: 'nothing' };
  if (!stored || stored.size < last.seq) return { kind: 'notYet', seq: last.seq };
  const { size, note, vkey } = stored;
  const prove = inclusionProver(client, size);
  const lines = [headerLine({ kind: 'proof', subject: action, log: vkey, checkpoint: note })];
  for (const entry of entries) {
    if (entry.kind === 'unreadable') return { kind: 'broken', reason: entry.body.reason };
    const hashes = await prove(entry.seq);
    lines.push(entryLine(entry, { hashes, checkpoint: note }));
  }
  return { kind: 'proof', lines };
}

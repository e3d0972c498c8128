import type { ClientBase, Pool } from 'pg';
import { checkChain } from '../../domain/ledger/ledger.ts';
import { type Broken, notThose, tailCut, type Walk } from '../../domain/ledger/tree/check-ledger.ts';
import type { Checkpoint } from '../../domain/ledger/tree/checkpoint.ts';
import { leafHashOf, leafText } from '../../domain/ledger/tree/leaf.ts';
import { isSameHash, provesConsistency, provesInclusion, rootOf } from '../../domain/ledger/tree/merkle.ts';
import { frontierOf } from '../../domain/ledger/tree/tiles.ts';
import { entryOf, NotAsWritten, readEntries, readHead } from './rows.ts';
import { consistencyProof, inclusionProof, readHashesWith } from './tree.ts';

/**
 * Begins a check of the ledger behind a checkpoint that is trusted: what it covers is not read again. Some dozens of hashes are read instead. They lead to
 * the root of the checkpoint, so they are those of its entries.
 *
 * @param older other checkpoints, which must be of the same ledger where they are smaller
 */
export async function walkFrom(
  client: ClientBase | Pool,
  since: Checkpoint,
  older: readonly Checkpoint[],
): Promise<Walk | Broken> {
  const { size, root } = since;
  const last = await readHead(client);
  if (last.seq < size) return tailCut(last.seq, since);
  try {
    const tree = await frontierOf(size, readHashesWith(client));
    if (!isSameHash(rootOf(tree), root)) return notThose(since);
    for (const other of older) {
      if (other.size > size) continue;
      if (!provesConsistency(other, since, await consistencyProof(client, other.size, size)))
        return notThose(other);
    }
    const [row] = await readEntries(client, 'where seq = $1', [size]);
    if (!row) throw new NotAsWritten(`entry ${size} of the ledger is gone`);
    const entry = entryOf(row);
    const check = checkChain([entry], { seq: size - 1, hash: entry.previousHash });
    if (check.kind === 'broken') return check;
    const leaf = leafHashOf(leafText(entry));
    if (!provesInclusion({ index: size - 1, size, root }, leaf, await inclusionProof(client, size, size)))
      return { kind: 'broken', seq: size, reason: 'it is not the last entry of the checkpoint' };
    return { kind: 'walk', head: check.head, tree, erased: 0 };
  } catch (error) {
    if (!(error instanceof NotAsWritten)) throw error;
    return { kind: 'broken', reason: error.message };
  }
}

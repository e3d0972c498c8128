import { leafText } from '../../domain/ledger/tree/leaf.ts';
import { bundleOf, TILE_WIDTH, tileWidth } from '../../domain/ledger/tree/tiles.ts';
import type { LogFiles } from '../../gateway/ports/log-files.ts';
import type { Database } from './database.ts';
import { proveAction } from './prove.ts';
import { entryOf, readEntries } from './rows.ts';
import { readCheckpoint, readHashesWith } from './tree.ts';

/** The files of the ledger as a transparency log, made from PostgreSQL when somebody asks for them. */
export function createLogFiles({ pool }: Pick<Database, 'pool'>): LogFiles {
  const read = readHashesWith(pool);

  /** Whether the newest checkpoint covers this many hashes of this tile. */
  async function covers(level: number, index: number, width: number): Promise<boolean> {
    const stored = await readCheckpoint(pool);
    return stored !== undefined && tileWidth(level, index, stored.size) >= width;
  }

  return {
    checkpoint: async () => (await readCheckpoint(pool))?.note,

    tile: async (level, index, width) => {
      if (!(await covers(level, index, width))) return undefined;
      const first = index * TILE_WIDTH;
      return Buffer.concat(await read(level, first, first + width));
    },

    bundle: async (index, width) => {
      if (!(await covers(0, index, width))) return undefined;
      const first = index * TILE_WIDTH;
      const rows = await readEntries(pool, 'where seq > $1 and seq <= $2 order by seq', [
        first,
        first + width,
      ]);
      return bundleOf(rows.map((row) => new TextEncoder().encode(leafText(entryOf(row)))));
    },

    prove: (action) => proveAction(pool, action),
  };
}

import { Hono } from 'hono';
import { parseTilePath } from '../../domain/ledger/tree/tiles.ts';
import { signedInOf } from '../auth/guard.ts';
import type { GatewayDeps, GatewayEnv } from '../ports/deps.ts';
import { Problem } from '../ports/problem.ts';

/** Where the files of the log begin: the prefix of C2SP tlog-tiles. */
const PREFIX = '/log/';

/**
 * Serves the ledger as a transparency log. The checkpoint and the tiles are for everybody: they are hashes, and whoever watches the log
 * needs no account. The entries themselves name actions, so they are for people who are signed in.
 */
export function logRoutes({ logFiles }: GatewayDeps) {
  return new Hono<GatewayEnv>()
    .get(`${PREFIX}checkpoint`, async (c) => {
      const note = await logFiles.checkpoint();
      if (note === undefined)
        throw new Problem('not-found', 'nothing is signed yet: a worker signs each minute');
      return c.body(note, 200, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache' });
    })
    .get(`${PREFIX}tile/*`, async (c) => {
      const place = parseTilePath(c.req.path.slice(PREFIX.length));
      if (!place) throw new Problem('not-found', 'this is no path of a tile: see C2SP tlog-tiles');
      const { kind, index, width } = place;
      if (kind === 'entries') signedInOf(c);
      const bytes =
        kind === 'entries' ? await logFiles.bundle(index, width) : await logFiles.tile(kind, index, width);
      if (!bytes) throw new Problem('not-found', 'the newest checkpoint does not reach so far');
      return c.body(new Uint8Array(bytes), 200, {
        'Content-Type': 'application/octet-stream',
        // The same path always has the same bytes.
        'Cache-Control': `${kind === 'entries' ? 'private' : 'public'}, max-age=31536000, immutable`,
      });
    });
}

import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { ACCOUNT_SCRIPT } from '../pages/account-page.ts';
import { ASSETS, type Asset } from '../pages/index.ts';
import { Problem } from '../ports/problem.ts';

const script: Asset = {
  type: 'text/javascript; charset=utf-8',
  body: readFileSync(new URL('../assets/account.js', import.meta.url), 'utf8'),
};

/** The file at a path, and whether the path contains a hash of the content. */
function assetAt(path: string): { readonly asset: Asset; readonly lasting: boolean } | undefined {
  if (path === ACCOUNT_SCRIPT) return { asset: script, lasting: false };
  const asset = ASSETS.get(path);
  return asset && { asset, lasting: true };
}

/** Serves the files to anybody, without reading the session, so also while PostgreSQL is away. */
export const assetRoutes = () =>
  new Hono().get('/assets/*', (c) => {
    const match = assetAt(c.req.path);
    if (!match) throw new Problem('not-found', 'there is no such file');
    const { asset, lasting } = match;
    const cache = lasting ? 'public, max-age=31536000, immutable' : 'no-cache';
    return c.body(asset.body, 200, { 'Content-Type': asset.type, 'Cache-Control': cache });
  });

import { readFileSync } from 'node:fs';
import { ASSETS, type Asset } from './pages/index.ts';

/** What makes a passkey, on the page where people do. */
export const ACCOUNT_SCRIPT = '/assets/account.js';

const script: Asset = {
  type: 'text/javascript; charset=utf-8',
  body: readFileSync(new URL('./assets/account.js', import.meta.url), 'utf8'),
};

/** A file that pages load, and whether its address names its content. */
export function assetAt(path: string): { readonly asset: Asset; readonly lasting: boolean } | undefined {
  if (path === ACCOUNT_SCRIPT) return { asset: script, lasting: false };
  const asset = ASSETS.get(path);
  return asset && { asset, lasting: true };
}

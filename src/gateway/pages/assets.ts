import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A file that pages load. */
export interface Asset {
  readonly type: string;
  readonly body: string;
}

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const ownAsset = (name: string) => readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
/** The package's `exports` do not name the file for browsers; it lies beside the file that they name. */
const mainFile = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
const webauthn = new URL('../dist/bundle/index.umd.min.js', pathToFileURL(mainFile));

const FILES = {
  'inbox.css': { type: 'text/css; charset=utf-8', body: ownAsset('inbox.css') },
  'inbox.js': { type: JAVASCRIPT, body: ownAsset('inbox.js') },
  'icon.svg': { type: 'image/svg+xml', body: ownAsset('icon.svg') },
  'webauthn.js': { type: JAVASCRIPT, body: readFileSync(webauthn, 'utf8') },
} as const satisfies Record<string, Asset>;

const digestOf = ({ body }: Asset) => createHash('sha256').update(body).digest('hex').slice(0, 16);

/** The files by path. Each address contains a hash of the content, so that a browser may keep the file for ever. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map(
  Object.entries(FILES).map(([name, asset]) => [pathOf(name, asset), asset]),
);

export const assetPath = (name: keyof typeof FILES) => pathOf(name, FILES[name]);

function pathOf(name: string, asset: Asset): string {
  return `/assets/${digestOf(asset)}/${name}`;
}

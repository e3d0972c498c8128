import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { type KeyFile, newKey } from '../../src/cli/signing.ts';
import { withSigningKey } from '../../src/config/index.ts';

const INSTALLATION = fileURLToPath(new URL('./installation', import.meta.url));

export interface KeyedInstallation {
  readonly folder: string;
  /** Everybody's private key, as `countersign keys` makes it, by person. */
  readonly keys: Record<string, KeyFile>;
}

/** Copies the example's installation to `folder`, and makes a signing key for each person of its catalog. */
export async function keyedInstallation(folder: string): Promise<KeyedInstallation> {
  await cp(INSTALLATION, folder, { recursive: true });
  const catalog = join(folder, 'catalog', 'people.yaml');
  const asWritten = await readFile(catalog, 'utf8');
  const keys = Object.fromEntries(peopleIn(asWritten).map((person) => [person, newKey(person)]));
  const keyed = Object.values(keys).reduce(
    (text, { person, jwk }) => withSigningKey(text, person, jwk.x),
    asWritten,
  );
  await writeFile(catalog, keyed);
  return { folder, keys };
}

const peopleIn = (catalogText: string): string[] =>
  parseAllDocuments(catalogText)
    .filter((document) => document.get('kind') === 'User')
    .map((document) => String(document.getIn(['metadata', 'name'])));

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { withSigningKey } from '../../src/config/index.ts';
import { newKey, type SigningKey } from './installation.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/storefront/installation', import.meta.url));

/** Everybody in the example's catalog. */
export const STOREFRONT_PEOPLE = [
  'ada',
  'elif',
  'grace',
  'jonas',
  'linus',
  'mei',
  'noor',
  'priya',
  'samira',
  'tomas',
] as const;

/** What the example's countersign.yaml reads from the environment. */
export const STOREFRONT_ENV = {
  STOREFRONT_URL: 'http://storefront.example:8080',
  SMTP_URL: 'smtp://mailer:smtp-password@mail.example:587',
  PAGER_URL: 'https://events.pager.example/v2/enqueue',
  PAGER_ROUTING_KEY: 'routing-key-of-on-call',
  TEMPORAL_UI_URL: 'https://temporal.example',
} as const;

/** A copy of the example installation that is gone after the test. */
export async function copyStorefront(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-storefront-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(EXAMPLE, folder, { recursive: true });
  return folder;
}

/** Makes a signing key for each of these people and enters it in the catalog of a copied folder. */
export async function enterKeys(
  folder: string,
  people: readonly string[] = STOREFRONT_PEOPLE,
): Promise<Readonly<Record<string, SigningKey>>> {
  const path = join(folder, 'catalog/people.yaml');
  const { text, keys } = keyed(await readFile(path, 'utf8'), people);
  await writeFile(path, text);
  return keys;
}

interface Keyed {
  readonly text: string;
  readonly keys: Readonly<Record<string, SigningKey>>;
}

/** What was made of a catalog file before: hundreds of tests of a process enter keys in the same one. */
const made = new Map<string, Keyed>();

function keyed(catalogText: string, people: readonly string[]): Keyed {
  const asked = JSON.stringify([people, catalogText]);
  const known = made.get(asked);
  if (known) return known;
  const keys = Object.fromEntries(people.map((person) => [person, newKey()]));
  const text = Object.entries(keys).reduce(
    (edited, [person, { x }]) => withSigningKey(edited, person, x),
    catalogText,
  );
  made.set(asked, { text, keys });
  return { text, keys };
}

export async function editFile(folder: string, file: string, edit: (text: string) => string): Promise<void> {
  const path = join(folder, file);
  await writeFile(path, edit(await readFile(path, 'utf8')));
}

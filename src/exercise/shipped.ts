import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readScenario } from '../config/index.ts';

/** The folder of the scenarios that ship, in the package and in a clone. */
const SHIPPED = fileURLToPath(new URL('../../exercises', import.meta.url));

/** The folder that they exercise. */
export const SHOP = join(SHIPPED, 'installation');

/** The file of a scenario that ships; undefined where none has that name. */
export async function shippedFile(name: string): Promise<string | undefined> {
  return (await shippedNames()).includes(name) ? join(SHIPPED, `${name}.yaml`) : undefined;
}

export async function shippedNames(): Promise<string[]> {
  // The image has no development servers, and so no scenarios.
  const files = await readdir(SHIPPED).catch(() => []);
  return files.flatMap((file) => (file.endsWith('.yaml') ? [basename(file, '.yaml')] : [])).sort();
}

/** The scenarios that ship, by name, each with its title. */
export async function shippedTitles(): Promise<{ readonly name: string; readonly title: string }[]> {
  const titles = (await shippedNames()).map(async (name) => {
    const { value } = readScenario(name, await readFile(join(SHIPPED, `${name}.yaml`), 'utf8'));
    return { name, title: value?.written.title ?? name };
  });
  return Promise.all(titles);
}

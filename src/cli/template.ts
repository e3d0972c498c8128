import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const TEMPLATE = fileURLToPath(new URL('./template', import.meta.url));

/** What the template says about the person who starts with it. */
export interface Beginning {
  /** The name of the installation. */
  readonly name: string;
  readonly person: string;
  readonly email: string;
}

/** The owner of the template's agent, who therefore never decides on its requests. */
export const SECOND_PERSON = { name: 'sam', email: 'sam@example.com' };

/** Writes the template as an installation's folder, and returns the paths in it. @throws Error where a file already exists */
export async function writeTemplate(folder: string, beginning: Beginning): Promise<string[]> {
  const entries = await readdir(TEMPLATE, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(TEMPLATE, join(parentPath, name)))
    .sort();
  for (const file of files) {
    const text = await readFile(join(TEMPLATE, file), 'utf8');
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), filledIn(file, text, beginning), { flag: 'wx' });
  }
  return files;
}

function filledIn(file: string, text: string, { name, person, email }: Beginning): string {
  switch (file) {
    case 'countersign.yaml':
      return text.replace('name: my-installation', () => `name: ${asYaml(name)}`);
    case join('catalog', 'people.yaml'):
      return text
        .replace('name: ada', () => `name: ${asYaml(person)}`)
        .replace('email: ada@example.com', () => `email: ${asYaml(email)}`);
    default:
      return text;
  }
}

/** A text as YAML that stays a text: `null` and `2026` would be other values without quotation marks. */
const asYaml = (text: string) => stringify(text).trimEnd();

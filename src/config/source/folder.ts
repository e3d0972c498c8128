import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCatalogFiles } from './catalog-locations.ts';
import type { ConfigFault } from './fault.ts';
import { type ParsedFile, parseYaml } from './yaml-files.ts';

/** The files of an installation's folder, read but not interpreted. A missing file is a fault at its place. */
export interface Folder {
  readonly rules: ParsedFile;
  readonly catalog: ParsedFile;
  readonly actions: ParsedFile;
  readonly policies: PolicyFiles;
  /** The text of each iCalendar file, by its path. */
  readonly calendars: Readonly<Record<string, string>>;
  /** The text of each iCalendar file of on-call schedules, by its path. */
  readonly schedules: Readonly<Record<string, string>>;
  /** The text of each iCalendar file of busy times, by its path. */
  readonly busy: Readonly<Record<string, string>>;
  /** The text of every file that was read, by its path: all that the installation follows from. */
  readonly texts: Readonly<Record<string, string>>;
  /** Files in its folders that are not read. They are faults, because their author believes that they count. */
  readonly strays: readonly ConfigFault[];
  /** Notes on files in catalog/ that are not read. The owners of the catalog may keep other files there. */
  readonly notes: readonly ConfigFault[];
}

export interface PolicyFiles {
  /** The text of each policy file, by its path. */
  readonly texts: Readonly<Record<string, string>>;
  /** Whether the folder has policies of its own; otherwise they are the ones that ship with Countersign. */
  readonly own: boolean;
  readonly faults: readonly ConfigFault[];
}

const RULES_FILE = 'countersign.yaml';

/** The root of the package, which contains the default `policies/`: this file is in `src/config/source`, built in `dist/config/source`. */
const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Reads countersign.yaml, catalog/*.yaml, actions/*.yaml, calendars/*.ics, schedules/*.ics, busy/*.ics and policies/*.cedar. Without the
 * folder policies/, the default set of policies is read.
 */
export async function readFolder(folder: string): Promise<Folder> {
  const texts: Record<string, string> = {};
  const reading = (from: string) => async (file: string) => {
    const text = await readFile(join(from, file), 'utf8');
    texts[file] = text;
    return text;
  };
  const read = reading(folder);
  const textsOf = (files: readonly string[]) => readAll(read, files);

  async function parseAll(
    files: readonly string[],
    place: string,
    whatIsMissing: string,
  ): Promise<ParsedFile> {
    const parsed = (await textsOf(files.filter(endsWith('.yaml')))).map(([file, text]) =>
      parseYaml(file, text),
    );
    return {
      sources: parsed.flatMap(({ sources }) => sources),
      faults: [
        ...parsed.flatMap(({ faults }) => faults),
        ...(parsed.length > 0 ? [] : [{ file: place, line: 1, problem: whatIsMissing }]),
      ],
    };
  }

  const listIn = (name: string) => list(folder, name);
  const catalog = await readCatalogFiles(read, (await listIn('catalog')).filter(isYaml));
  const parts = {
    rules: await parseAll(
      (await listIn('.')).filter((file) => file === RULES_FILE),
      RULES_FILE,
      'is missing: write one beside catalog/ and actions/',
    ),
    catalog: {
      sources: catalog.sources,
      faults: [
        ...catalog.faults,
        ...(catalog.read.length > 0 ? [] : [{ file: 'catalog', line: 1, problem: NO_CATALOG }]),
      ],
    },
    notes: [...catalog.notes, ...(await unread(folder, catalog.read))],
    actions: await parseAll(
      await listIn('actions'),
      'actions',
      'has no .yaml file: write the action types there',
    ),
    policies: await readPolicyFiles(folder, reading),
    calendars: Object.fromEntries(await textsOf((await listIn('calendars')).filter(endsWith('.ics')))),
    schedules: Object.fromEntries(await textsOf((await listIn('schedules')).filter(endsWith('.ics')))),
    busy: Object.fromEntries(await textsOf((await listIn('busy')).filter(endsWith('.ics')))),
    strays: (
      await Promise.all(Object.entries(READ).map(([name, ending]) => strays(folder, name, ending)))
    ).flat(),
  };
  return { ...parts, texts };
}

export const isFolder = (folder: string) =>
  stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

/** The file extension that is read in each folder. */
const READ = { actions: '.yaml', busy: '.ics', calendars: '.ics', policies: '.cedar', schedules: '.ics' };

const NO_CATALOG = 'has no .yaml file: write the services, people and agents there';
const isYaml = (file: string) => /\.ya?ml$/.test(file);

async function strays(folder: string, name: string, ending: string): Promise<ConfigFault[]> {
  const entries = (await entriesOf(folder, name)).filter(
    (entry) => !entry.name.startsWith('.') && !entry.name.endsWith('.md'),
  );
  return entries
    .filter((entry) => entry.isDirectory() || !entry.name.endsWith(ending))
    .map((entry) => ({
      file: posix.join(name, entry.name),
      line: 1,
      problem: entry.isDirectory()
        ? `is a folder, and not read: put its files into ${name}/ itself`
        : `is not read: let its name end in ${ending}`,
    }));
}

/** Notes files in catalog/ that are not read. It may be a copy of its owners' folder, with templates and documents in it. */
async function unread(folder: string, readFiles: readonly string[]): Promise<ConfigFault[]> {
  const entries = (await entriesOf(folder, 'catalog')).filter(({ name }) => !/^\.|\.md$/.test(name));
  return entries.flatMap((entry) => {
    const file = posix.join('catalog', entry.name);
    const isRead = entry.isDirectory()
      ? readFiles.some((name) => name.startsWith(`${file}/`))
      : readFiles.includes(file);
    if (isRead) return [];
    const problem = entry.isDirectory()
      ? 'is a folder, and not read: name its files as targets of a Location, or put them into catalog/ itself'
      : 'is not read: let its name end in .yaml';
    return [{ file, line: 1, problem }];
  });
}

async function readPolicyFiles(folder: string, reading: (from: string) => Read): Promise<PolicyFiles> {
  const files = await list(folder, 'policies');
  const hasOwnPolicies = files.length > 0;
  const read = reading(hasOwnPolicies ? folder : PACKAGE);
  const cedarFiles = (hasOwnPolicies ? files : await list(PACKAGE, 'policies')).filter(endsWith('.cedar'));
  const problem =
    'has no .cedar file: write policies there, or remove the folder to use those that ship with Countersign';
  return {
    texts: Object.fromEntries(await readAll(read, cedarFiles)),
    own: hasOwnPolicies,
    faults: cedarFiles.length > 0 ? [] : [{ file: 'policies', line: 1, problem }],
  };
}

/** Returns the text of a file. Throws when it cannot be read. */
type Read = (file: string) => Promise<string>;

const readAll = (read: Read, files: readonly string[]) =>
  Promise.all(files.map(async (file) => [file, await read(file)] as const));

const endsWith = (extension: string) => (file: string) => file.endsWith(extension);

/** Returns the paths of the files in one folder, sorted; empty when there is no such folder. */
export async function list(folder: string, name: string): Promise<string[]> {
  const entries = await entriesOf(folder, name);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => posix.join(name, entry.name));
}

async function entriesOf(folder: string, name: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(folder, name), { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

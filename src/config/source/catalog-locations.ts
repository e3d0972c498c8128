import { posix } from 'node:path';
import { z } from 'zod';
import type { ConfigFault } from './fault.ts';
import { type ParsedFile, type Path, parseYaml, type Source } from './yaml-files.ts';

export interface CatalogFiles extends ParsedFile {
  /** The paths of all files that were read. */
  readonly read: readonly string[];
  /** Notes on targets of Locations that were not read. */
  readonly notes: readonly ConfigFault[];
}

/** Matches text in a file that may say who is asked, who asks, or for what. Problems in other files are only notes. */
const MAY_GOVERN = /countersign\.dev\/|ai-agent|kind:\s*["']?(?:User|Group)\b/;

const locationSchema = z.looseObject({
  kind: z.literal('Location'),
  spec: z.looseObject({
    target: z.string().optional().catch(undefined),
    targets: z.array(z.string()).default([]).catch([]),
  }),
});

/** Reads files of the catalog, and the files of the folder that Locations (Backstage's entity for naming other files) in them name. */
export async function readCatalogFiles(
  read: (file: string) => Promise<string>,
  files: readonly string[],
): Promise<CatalogFiles> {
  const filesByName = new Map<string, ParsedFile>();
  const notes: ConfigFault[] = [];

  /** Reads one file and follows its Locations. @param trail the files that led here, each named by the one before it */
  async function follow(file: string, trail: readonly string[]): Promise<void> {
    const text = await read(file);
    const parsed = parseYaml(file, text);
    filesByName.set(file, MAY_GOVERN.test(text) ? parsed : { ...parsed, faults: [] });
    // Only the first problem of each file: a template of YAML is invalid in most of its lines.
    if (!MAY_GOVERN.test(text)) notes.push(...parsed.faults.slice(0, 1));
    for (const source of parsed.sources) {
      for (const { path, target } of targetsIn(source)) {
        const note = (problem: string) => notes.push(source.fault(path, `${target} is not read: ${problem}`));
        const targetFile = fileNamed(file, target);
        const trailHere = [...trail, file];
        if (targetFile === undefined) note('only files of this folder are, by their paths');
        else if (trailHere.includes(targetFile))
          note(
            `it leads back here: ${[...trailHere.slice(trailHere.indexOf(targetFile)), targetFile].join(' -> ')}`,
          );
        else if (!filesByName.has(targetFile))
          await follow(targetFile, trailHere).catch((error: unknown) => {
            if (!isMissing(error)) throw error;
            note('there is no such file');
          });
      }
    }
  }

  for (const file of files) if (!filesByName.has(file)) await follow(file, []);
  const parsedFiles = [...filesByName.values()];
  return {
    sources: parsedFiles.flatMap(({ sources }) => sources),
    faults: parsedFiles.flatMap(({ faults }) => faults),
    read: [...filesByName.keys()],
    notes,
  };
}

function targetsIn({ value }: Source): { path: Path; target: string }[] {
  const { data } = locationSchema.safeParse(value);
  if (!data) return [];
  const { target, targets } = data.spec;
  return [
    ...(target === undefined ? [] : [{ path: ['spec', 'target'], target }]),
    ...targets.map((entry, i) => ({ path: ['spec', 'targets', i], target: entry })),
  ];
}

/**
 * Returns the path in the folder of a target, which is relative to the file that names it; undefined when it is not a file of the folder.
 */
function fileNamed(namingFile: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('/') || /[*?{}[\]]/.test(target))
    return undefined;
  const path = posix.normalize(posix.join(posix.dirname(namingFile), target));
  return path.startsWith('..') ? undefined : path;
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR');

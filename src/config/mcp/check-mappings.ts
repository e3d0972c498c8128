import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installation } from '../../domain/installation/installation.ts';
import type { ConfigFault } from '../source/fault.ts';
import { list } from '../source/folder.ts';
import { checkMapping } from './mapping.ts';

/** Checks the files of `mcp/` beside their installation. Only proxies read them, so they keep no worker from starting. */
export async function checkMappings(folder: string, installation: Installation): Promise<ConfigFault[]> {
  const files = (await list(folder, 'mcp')).filter((file) => file.endsWith('.yaml'));
  const faults = files.map(async (file) =>
    checkMapping(file, await readFile(join(folder, file), 'utf8'), installation),
  );
  return (await Promise.all(faults)).flat();
}

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseDocument } from 'yaml';
import { MAX_PROPOSAL_BYTES } from '../contract/proposal.ts';
import { CommandError } from './command-error.ts';

/** Reads one JSON value from a file, or from standard input for `-`. */
export async function readJson(file: string): Promise<unknown> {
  const source = file === '-' ? await text(process.stdin) : await read(file);
  return parseStrictJson(source, file === '-' ? 'standard input' : file);
}

/**
 * JSON.parse keeps the last of two members with one name, so what a person reads may not be what is taken: here that is
 * a fault, with its line.
 */
export function parseStrictJson(source: string, where: string): unknown {
  const bytes = Buffer.byteLength(source);
  if (bytes > MAX_PROPOSAL_BYTES) {
    throw new CommandError(`${where} has ${bytes} bytes, at most ${MAX_PROPOSAL_BYTES} are taken`);
  }
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new CommandError(`${where} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const { errors } = parseDocument(source, { schema: 'json', uniqueKeys: true, prettyErrors: true });
  if (errors.length > 0)
    throw new CommandError(errors.map(({ message }) => `${where}: ${message}`).join('\n'));
  return value;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

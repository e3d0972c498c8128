import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { MAX_PROPOSAL_BYTES } from '../contract/proposal.ts';
import { alteredIn, whyAltered } from '../domain/shared/exact-json.ts';
import { CommandError } from './command-error.ts';

/** Reads one JSON value from a file, or from standard input for `-`. @param atMost how many bytes are taken */
export async function readJson(file: string, stdin: Readable, atMost = MAX_PROPOSAL_BYTES): Promise<unknown> {
  const source = file === '-' ? await text(stdin) : await readText(file);
  return parseStrictJson(source, file === '-' ? 'standard input' : file, atMost);
}

/**
 * Parses JSON, and accepts only what is read exactly: a member that appears twice, or a number that would change, is a fault with
 * its line.
 */
export function parseStrictJson(source: string, where: string, atMost = MAX_PROPOSAL_BYTES): unknown {
  const bytes = Buffer.byteLength(source);
  if (bytes > atMost) {
    throw new CommandError(`${where} has ${bytes} bytes, at most ${atMost} are taken`);
  }
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new CommandError(`${where} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const alterations = alteredIn(source);
  if (alterations.length === 0) return value;
  const faults = alterations.map((alteration) => {
    const line = source.slice(0, alteration.offset).split('\n').length;
    return `${where}:${line}: ${alteration.path.join('.')}: ${whyAltered(alteration)}`;
  });
  throw new CommandError(faults.join('\n'));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

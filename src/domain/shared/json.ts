/** Plain JSON data (RFC 8259). All that Countersign hashes, signs or stores is of this kind. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A problem with an input: where it is, what is wrong, and what would pass. */
export interface Fault {
  /** Path inside the input, such as `params.count`, or a file with its line. */
  readonly where: string;
  readonly problem: string;
}

/** Several in one line. */
export const faultsText = (faults: readonly Fault[]): string =>
  faults.map(({ where, problem }) => `${where}: ${problem}`).join('; ');

/** What a text says in JSON; undefined where it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names that reach an object's prototype when a careless reader copies them. */
export const POLLUTING: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
export const MAX_DEPTH = 16;

/** Whether a record holds JSON that is safe to copy, hash and show. The contract's `jsonRecord` says the same. */
export const isJsonRecord = (value: unknown): value is { [name: string]: Json } =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(([name, part]) => !POLLUTING.has(name) && isJson(part, 0));

function isJson(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  return Object.entries(value).every(([name, part]) => !POLLUTING.has(name) && isJson(part, depth + 1));
}

/** Plain JSON data (RFC 8259). Everything that Countersign hashes, signs or stores is of this type. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A problem with an input: where it is, what is wrong, and what would be accepted. */
export interface Fault {
  /** A path inside the input, for example `params.count`, or a file with its line. */
  readonly where: string;
  readonly problem: string;
}

/** A refusal for one fault. */
export const refusalAt = (where: string, problem: string) =>
  ({ kind: 'refused', faults: [{ where, problem }] }) as const;

/** Returns several faults in one line. */
export const faultsText = (faults: readonly Fault[]): string =>
  faults.map(({ where, problem }) => `${where}: ${problem}`).join('; ');

/** Parses JSON; undefined when the text is not JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names that reach an object's prototype when code copies them carelessly. */
export const POLLUTING: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
export const MAX_DEPTH = 16;

/** Whether a record contains only JSON that is safe to copy, hash and show. The contract's `jsonRecord` makes the same checks. */
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

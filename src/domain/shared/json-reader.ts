import type { Json } from './json.ts';
import { lookup } from './lookup.ts';

/**
 * Returns the part of a JSON value at a path. This and the readers below accept any JSON: a part of another type is absent, and never an
 * error.
 */

export function partOf(json: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (parent, name) =>
      typeof parent === 'object' && parent !== null && !Array.isArray(parent)
        ? lookup(parent, name)
        : undefined,
    json,
  );
}

/** Returns a name that any store can hold and index. */
export function nameAt(json: Json | undefined, ...path: readonly string[]): string | undefined {
  const name = partOf(json, ...path);
  return typeof name === 'string' && /^[^\p{Cc}\p{Cs}]{1,500}$/u.test(name) ? name : undefined;
}

/** Returns text on one line that any store can hold, cut after 500 characters. */
export function textAt(json: Json | undefined, ...path: readonly string[]): string | undefined {
  const text = partOf(json, ...path);
  return typeof text === 'string' ? text.slice(0, 500).replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD') : undefined;
}

export function countAt(json: Json | undefined, ...path: readonly string[]): number | undefined {
  const count = partOf(json, ...path);
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

export function listAt(json: Json | undefined, ...path: readonly string[]): readonly Json[] | undefined {
  const list = partOf(json, ...path);
  return Array.isArray(list) ? list : undefined;
}

export const oneOf = <T extends Json>(values: readonly T[], json: Json | undefined): T | undefined =>
  values.find((value) => value === json);

import type { Fault } from './json.ts';

/** Looks up a name that may come from outside. Plain indexing would find `__proto__` and `constructor` in every object. */
export function lookup<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Returns the fault of a name that is not in a table; empty when it is. */
export function unknownName(where: string, name: string, table: Readonly<Record<string, unknown>>): Fault[] {
  if (lookup(table, name) !== undefined) return [];
  const names = Object.keys(table).sort();
  const shownNames =
    names.slice(0, 20).join(', ') + (names.length > 20 ? `, … (${names.length} in all)` : '');
  return [{ where, problem: `${JSON.stringify(name)} is not known here; known: ${shownNames}` }];
}

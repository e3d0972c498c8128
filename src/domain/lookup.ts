/**
 * Reads a table by a name that may come from outside. Plain indexing would find `__proto__` and `constructor` in every
 * object.
 */
export function lookup<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

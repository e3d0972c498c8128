import type { QueryConfig } from 'pg';
import { digestOf } from '../../domain/shared/digest.ts';

/** PostgreSQL cuts names to 63 bytes. */
const NAME_LENGTH = 63;

const names = new Map<string, string>();

/**
 * A statement that each connection parses and plans once. Use it for what every action runs, with texts of a small number.
 * Name the columns in it: a `select *` fails on an open connection once a migration has added a column.
 */
export function prepared(text: string, values: unknown[] = []): QueryConfig {
  return { name: nameOf(text), text, values };
}

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = digestOf(text).slice(0, NAME_LENGTH);
  names.set(text, name);
  return name;
}

import { z } from 'zod';
import { jsonValue } from '../../contract/json.ts';
import { duration, key, strict } from '../source/schema.ts';

const PLACEHOLDER = /\$(\d+)/g;

const statement = strict({
  text: key(
    z
      .string()
      .min(1)
      .max(20_000)
      .refine(
        (text) => !text.includes('${'),
        'must be written out: name a value $1, $2 and so on, and write what fills it in under values',
      ),
    'The statement. Values stand in it as `$1`, `$2` and so on.',
    'UPDATE prices SET amount = $1 WHERE sku = $2',
  ),
  values: key(
    z.array(jsonValue).default([]),
    'What fills in `$1`, `$2` and so on. It never becomes part of the text.',
    '["${params.amount}", "${params.sku}"]',
  ),
}).superRefine(({ text, values }, context) => {
  const most = Math.max(0, ...[...text.matchAll(PLACEHOLDER)].map(([, number]) => Number(number)));
  if (most === values.length) return;
  const message = `must have as many values as the text names: it names ${most === 0 ? 'none' : `$1 to $${most}`}`;
  context.addIssue({ code: 'custom', path: ['values'], message });
});

/** Statements in one transaction of a PostgreSQL database. */
export const sql = strict({
  database: key(
    z
      .string()
      .min(1)
      .refine((text) => !text.includes('${params.'), 'must not depend on what an agent writes'),
    'The name of a database under `databases` of countersign.yaml, or `${environment.VARIABLE}`.',
    'shop',
  ),
  statements: key(z.array(statement).min(1).max(20), 'What runs, in one transaction.'),
  mostRows: key(
    z.int().min(0).max(1_000_000_000),
    'How many rows all statements together may touch. Where they touch more, nothing is kept.',
    '100',
  ),
  timeout: key(duration(), 'How long one statement may take.', '30s'),
});

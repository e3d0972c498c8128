import { describe, expect, test } from 'vitest';
import { editFile } from '../../support/storefront-folder.ts';
import { edited, faultsOf } from '../broken.ts';

const flush = 'actions/cache-flush.yaml';

/** The storefront, whose action type runs this instead of its request. */
async function withSql(sql: string, databases = ''): Promise<string> {
  const folder = await edited();
  await editFile(folder, flush, (text) =>
    text.replace(/execute:\n(?: {2}.*\n)+/, () => `execute:\n  sql: ${sql}\n`),
  );
  await editFile(folder, 'countersign.yaml', (text) => `${text}\n${databases}\n`);
  return folder;
}

const problemsOf = async (folder: string) => (await faultsOf(folder)).map(({ problem }) => problem);

const statement = `{ text: 'UPDATE prices SET amount = $1', values: [1] }`;
const good = `{ database: shop, statements: [${statement}], mostRows: 10, timeout: 5s }`;
const shop = 'databases: { shop: { url: "postgres://countersign@db/shop", effects: countersign_effects } }';

describe('statements of an action type', () => {
  test('are accepted where the database is named', async () => {
    expect(await problemsOf(await withSql(good, shop))).toEqual([]);
  });

  test.each([
    [
      'a database that nobody named is named',
      good,
      '',
      'execute.sql.database: shop is no database of countersign.yaml: there are none',
    ],
    [
      'and those that there are',
      good.replace('shop', 'stock'),
      shop,
      'execute.sql.database: stock is no database of countersign.yaml: one of shop',
    ],
    [
      'a text that an agent could write into is refused',
      good.replace("'UPDATE prices SET amount = $1'", '"DELETE FROM ${params.table}"').replace('[1]', '[]'),
      shop,
      'execute.sql.statements.0.text: must be written out: name a value $1, $2 and so on, and write what fills it in under values',
    ],
    [
      'a statement has as many values as it names',
      good.replace('[1]', '[1, 2]'),
      shop,
      'execute.sql.statements.0.values: must have as many values as the text names: it names $1 to $1',
    ],
    [
      'a limit on the rows is needed',
      good.replace('mostRows: 10, ', ''),
      shop,
      'execute.sql.mostRows: is missing: write a number',
    ],
    [
      'the table of effects is a name',
      good,
      shop.replace('countersign_effects', '"effects; DROP TABLE prices"'),
      'databases.shop.effects: must be a table, such as countersign_effects or countersign.effects',
    ],
  ])('%s', async (_, sql, databases, problem) => {
    expect((await problemsOf(await withSql(sql, databases))).join('\n')).toContain(problem);
  });
});

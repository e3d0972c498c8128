import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { withSigningKey } from '../../../src/config/index.ts';
import { newKey } from '../../support/installation.ts';
import { editFile } from '../../support/storefront-folder.ts';
import { edited, faultsOf, lineOf } from '../broken.ts';

const CATALOG = `# The shop's people.
kind: Group
metadata:   { name: grace }   # a group, not the person
---
# On leave until May.
kind: User
metadata:
  name: grace # joined in spring
spec:
  memberOf: [shop, web]
---
kind: User
metadata:   {name: ada,   annotations: { note: "two keys" } }
`;

test('a key is entered for the person, and comments and all other documents stay', () => {
  expect(withSigningKey(CATALOG, 'grace', 'KEY')).toBe(
    CATALOG.replace(
      'name: grace # joined in spring\n',
      'name: grace # joined in spring\n  annotations:\n    countersign.dev/signing-keys: KEY\n',
    ),
  );
});

test('a second key is added to the first, and other annotations stay', () => {
  const twice = withSigningKey(withSigningKey(CATALOG, 'ada', 'K1'), 'ada', 'K2');
  expect(parseAllDocuments(twice)[2]?.toJS()).toMatchObject({
    metadata: { annotations: { note: 'two keys', 'countersign.dev/signing-keys': 'K1,K2' } },
  });
});

test('a key that is there is not added again', () => {
  const once = withSigningKey(CATALOG, 'ada', 'K1');
  expect(withSigningKey(once, 'ada', 'K1')).toBe(once);
});

test('a key for nobody is refused', () => {
  expect(() => withSigningKey(CATALOG, 'linus', 'KEY')).toThrow(
    new RangeError('the catalog file has no User and no agent named linus'),
  );
});

test('a file that is not YAML is refused', () => {
  expect(() => withSigningKey('kind: [User', 'ada', 'KEY')).toThrow(RangeError);
});

test('two people with one key are a fault, as one of them could sign as both', async () => {
  const folder = await edited();
  const { x } = newKey();
  const file = 'catalog/people.yaml';
  await editFile(folder, file, (text) => withSigningKey(withSigningKey(text, 'ada', x), 'grace', x));
  const line = (await lineOf(folder, file, 'name: grace')) + 2;
  expect(await faultsOf(folder)).toEqual([
    {
      file,
      line,
      problem:
        'metadata.annotations.countersign.dev/signing-keys: grace has the same key as ada: run "countersign keys" for one of them',
    },
  ]);
});

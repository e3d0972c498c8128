import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation, withSigningKey } from '../../../src/config/index.ts';
import { mailboxOf } from '../../../src/domain/shared/email-address.ts';
import { newKey } from '../../support/installation.ts';
import { editFile, STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf } from '../broken.ts';

const PEOPLE = 'catalog/people.yaml';

describe('two people with one mailbox are a fault, as one of them could sign in as both', () => {
  test.each(['ada@storefront.example', 'ADA@Storefront.example', 'ada+ops@storefront.example'])(
    '%s',
    async (email) => {
      const folder = await edited();
      await editFile(folder, PEOPLE, (text) => text.replace('grace@storefront.example', email));
      expect((await faultsOf(folder)).map(({ file, problem }) => `${file}: ${problem}`)).toEqual([
        expect.stringMatching(
          /^catalog\/people\.yaml: spec\.profile\.email: \w+ reads the same mailbox as \w+ /,
        ),
      ]);
    },
  );
});

test.each([
  ['Ada+ops@Example.com', 'ada@example.com'],
  [' ada@example.com ', 'ada@example.com'],
  ['ada.l@example.com', 'ada.l@example.com'],
  ['a+b+c@example.com', 'a@example.com'],
])('%s reaches the mailbox %s', (address, mailbox) => {
  expect(mailboxOf(address)).toBe(mailbox);
});

/** People with a subject each. */
const withSubjects = (text: string, subjects: Readonly<Record<string, string>>) =>
  Object.entries(subjects).reduce(
    (before, [person, subject]) =>
      before.replace(
        `name: ${person}\n  annotations:\n`,
        (annotated) => `${annotated}    countersign.dev/subject: "${subject}"\n`,
      ),
    text,
  );

test('two people with one subject are a fault', async () => {
  const folder = await edited();
  await editFile(folder, PEOPLE, (text) => withSubjects(text, { ada: '00u1', grace: '00u1' }));
  expect((await faultsOf(folder)).map(({ problem }) => problem)).toEqual([
    "metadata.annotations.countersign.dev/subject: grace signs in as the same subject as ada: each account is one person's",
  ]);
});

test('a subject and the keys of an agent are read from the catalog', async () => {
  const folder = await edited();
  const { x } = newKey();
  await editFile(folder, PEOPLE, (text) => withSubjects(text, { ada: '00u1' }));
  await editFile(folder, 'catalog/agents.yaml', (text) => withSigningKey(text, 'cache-agent', x));
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const { people, agents } = loaded.installation;
  expect(people.ada?.subject).toBe('00u1');
  expect(agents['cache-agent']?.keys).toEqual([x]);
  expect(agents['deploy-agent']).not.toHaveProperty('keys');
});

test('an agent with the key of a person is a fault, as it could sign for them', async () => {
  const folder = await edited();
  const { x } = newKey();
  await editFile(folder, PEOPLE, (text) => withSigningKey(text, 'ada', x));
  await editFile(folder, 'catalog/agents.yaml', (text) => withSigningKey(text, 'cache-agent', x));
  expect((await faultsOf(folder)).map(({ problem }) => problem)).toEqual([
    expect.stringContaining('has the same key as'),
  ]);
});

test('a service with signing keys is a fault, as it signs nothing', async () => {
  const folder = await edited();
  const { x } = newKey();
  await editFile(folder, 'catalog/services.yaml', (text) =>
    text.replace(
      'countersign.dev/service-tier:',
      `countersign.dev/signing-keys: ${x}\n    countersign.dev/service-tier:`,
    ),
  );
  expect((await faultsOf(folder)).map(({ problem }) => problem)).toEqual([
    expect.stringContaining('belongs to people, and to agents of type ai-agent'),
  ]);
});

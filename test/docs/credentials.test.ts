import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../src/config/index.ts';
import { edited } from '../config/broken.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';

const GUIDE = readFileSync(new URL('../../docs/credentials.md', import.meta.url), 'utf8');

const ENV = {
  ...STOREFRONT_ENV,
  EGRESS_KEY: 'egress',
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  WEBHOOK_PASSWORD: 'password',
  SLACK_BOT_TOKEN: 'xoxb-token',
  STOREFRONT_TOKEN: 'token',
};

test('the example of the guide is sound in the place of what it replaces', async () => {
  const [, example = ''] = /```yaml\n# credentials\n([\s\S]*?)```/.exec(GUIDE) ?? [];
  const file = join(await edited(), 'countersign.yaml');
  let text = await readFile(file, 'utf8');
  for (const [, key = ''] of example.matchAll(/^(\w+):/gm))
    text = text.replace(new RegExp(`^${key}:.*\\n(?:(?: .*)?\\n)*`, 'm'), '');
  await writeFile(file, `${text}\n${example}`);
  // It is compared by a source that the example of the guide does not have.
  await rm(join(file, '../actions/version-release.yaml'));
  const loaded = await loadInstallation(join(file, '..'), ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults, null, 1));
  const { governedSystems, metricSources, slack } = loaded.connections;
  expect(governedSystems).toEqual({ 'http://storefront.example:8080': { bearer: 'token' } });
  expect(Object.keys(metricSources)).toEqual(['storefront', 'shop']);
  expect(slack).toMatchObject({ auth: { bearer: 'xoxb-token' } });
});

test('the sources of minted credentials of the guide are sound', async () => {
  const [, example = ''] = /```yaml\n# minted\n([\s\S]*?)```/.exec(GUIDE) ?? [];
  const file = join(await edited(), 'countersign.yaml');
  await writeFile(file, `${await readFile(file, 'utf8')}\n${example}`);
  const loaded = await loadInstallation(join(file, '..'), { ...ENV, HOME: '/root' }, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults, null, 1));
  const { production = {} } = loaded.connections.credentialSources;
  expect(Object.entries(production).map(([name, { by }]) => [name, by.kind])).toEqual([
    ['storefront', 'http'],
    ['database', 'http'],
    ['cloud', 'aws'],
    ['cluster', 'kubernetes'],
    ['other', 'command'],
  ]);
});

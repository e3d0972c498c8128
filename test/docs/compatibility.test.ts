import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../src/config/index.ts';
import { edited } from '../config/broken.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';

const GUIDE = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8');

test('the metric sources of the guide are sound', async () => {
  const [, example = ''] = /```yaml\n# metric sources\nmetricSources:\n([\s\S]*?)```/.exec(GUIDE) ?? [];
  const folder = await edited();
  const file = join(folder, 'countersign.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace('metricSources:\n', () => `metricSources:\n${example}`),
  );
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults, null, 1));
  const { prometheus, mimir, shop } = loaded.connections.metricSources;
  expect(prometheus).toMatchObject({ kind: 'prometheus', intervalMs: 30_000 });
  expect(mimir).toMatchObject({ auth: { headers: { 'X-Scope-OrgID': 'shop' } }, intervalMs: 60_000 });
  expect(shop).toMatchObject({ kind: 'openmetrics' });
});

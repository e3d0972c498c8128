import { expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { standInLine, standInsFor } from '../../src/cli/placeholder-env.ts';
import { loadInstallation } from '../../src/config/index.ts';

const EXAMPLE = new URL('../../examples/storefront/installation', import.meta.url).pathname;

test('an installation is checked without the variables that "countersign dev" sets by itself', async () => {
  const { env, taken } = standInsFor({
    STOREFRONT_URL: 'http://127.0.0.1:1',
    SMTP_URL: 'smtp://mail.example',
    PAGER_URL: '',
  });
  const loaded = await loadInstallation(EXAMPLE, env, cedar);
  const problems = loaded.kind === 'faulty' ? loaded.faults.map(({ problem }) => problem).join('\n') : '';
  expect(problems).not.toContain('is not set');
  // What the caller sets goes before, and what is not read is not told.
  expect(env.SMTP_URL).toBe('smtp://mail.example');
  expect(taken()).toEqual(['PAGER_ROUTING_KEY', 'PAGER_URL', 'TEMPORAL_UI_URL']);
});

test('one line says what stood in', () => {
  expect(standInLine(['PAGER_URL'])).toEqual([
    'Not set here, so the values of "countersign dev" stand in for them: PAGER_URL.',
  ]);
  expect(standInLine([])).toEqual([]);
});

test('what is no variable of "countersign dev" has no stand-in', () => {
  expect(standInsFor({}).env.STOREFRONT_URL).toBeUndefined();
});

import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, testBroken } from '../broken.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const written = (...lines: readonly string[]) => ({
  file: 'countersign.yaml',
  replace: 'metricSources:\n',
  by: `findings:\n${lines.map((line) => `  ${line}\n`).join('')}metricSources:\n`,
});

const usual = ['url: https://detector.example/findings', `secret: ${SECRET}`];

describe('a detector of the installation', () => {
  test.each([
    ['is waited for two seconds', usual, 2_000],
    ['is waited for as long as it is written', [...usual, 'timeout: 1s'], 1_000],
  ])('%s', async (_, lines, timeoutMs) => {
    const loaded = await loadInstallation(await edited(written(...lines)), STOREFRONT_ENV, cedar);
    expect(loaded.kind === 'loaded' && loaded.connections.detector).toEqual({
      url: 'https://detector.example/findings',
      secret: SECRET,
      timeoutMs,
    });
  });

  testBroken([
    {
      rule: 'it is waited for five seconds at most',
      ...written(...usual, 'timeout: 6s'),
      at: 'timeout: 6s',
      problem: 'findings.timeout: must be 5s at most: every ruling waits so long',
    },
    {
      rule: 'its secret is one of Standard Webhooks',
      ...written('url: https://detector.example/findings', 'secret: hunter2'),
      at: 'secret: hunter2',
      problem:
        'findings.secret: must be whsec_ and at least 24 bytes as base64: such as "whsec_" and what "openssl rand -base64 32" prints',
    },
  ]);
});

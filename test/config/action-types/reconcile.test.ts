import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf, testBroken } from '../broken.ts';

const deploy = 'actions/version-deploy.yaml';

const inReconcile = (replace: string, by: string, problem: string) => ({
  rule: problem,
  file: deploy,
  replace,
  by,
  problem: `reconcile${problem}`,
});

const URL_LINE = '    url: ${environment.adminUrl}/${target}/operations/${action.id}';
const ASKED = `  http:\n${URL_LINE}\n    timeout: 5s\n  present`;
const PRESENT = '  present: status == 200';

describe('how an effect is looked up', () => {
  testBroken([
    {
      ...inReconcile(
        ASKED,
        `  command: { argv: ["true"] }\n${ASKED}`,
        ': needs exactly one of http, command',
      ),
      at: 'reconcile:',
    },
    inReconcile(
      URL_LINE,
      '    url: ${params.host}/operations',
      '.http.url: must start with ${environment.NAME}/ or with http:// or https:// and a host',
    ),
    inReconcile(
      URL_LINE,
      '    url: ${environment.adminUrl}/operations/${action.key}',
      '.http.url: ${action.key} names nothing; did you mean "action.id"?',
    ),
    inReconcile(
      ASKED,
      ASKED.replace('timeout: 5s', 'timeout: 11s'),
      '.http.timeout: must be at most 10s: the rollback waits for the answer',
    ),
    inReconcile(
      PRESENT,
      '  present: result == 200',
      '.present: must be a CEL condition over status, answer and text, such as status == 404: Unknown variable: result',
    ),
    inReconcile(
      PRESENT,
      `  settle: 14s\n${PRESENT}`,
      '.settle: must be 15s to 10m: a request that is still under way could come after a shorter time, and the target waits meanwhile',
    ),
    inReconcile(
      ASKED,
      '  command: { argv: ["true"], environment: [NO_SUCH_VARIABLE] }\n  present',
      '.command.environment: the environment variable NO_SUCH_VARIABLE is not set: set it, or do not name it',
    ),
  ]);

  test('is refused where both conditions are the same', async () => {
    const folder = await edited({
      file: deploy,
      replace: '  absent: status == 404 && answer.type == "unknown-operation"',
      by: '  absent: status == 200',
    });
    expect((await faultsOf(folder)).map(({ problem }) => problem)).toEqual([
      'reconcile.absent: is the same as present: write what the answer is when the effect is not there',
    ]);
  });

  test('has all its faults reported at once', async () => {
    const folder = await edited(
      { file: deploy, replace: ASKED, by: ASKED.replace('timeout: 5s', 'timeout: 1h') },
      { file: deploy, replace: PRESENT, by: '  present: status' },
    );
    expect((await faultsOf(folder)).map(({ problem }) => problem)).toEqual([
      'reconcile.http.timeout: must be at most 10s: the rollback waits for the answer',
      'reconcile.present: must be a CEL condition over status, answer and text, such as status == 404: it gives a int, a condition gives a bool',
    ]);
  });

  test('settles after 30 seconds where nothing else is written', async () => {
    const loaded = await loadInstallation(await edited(), STOREFRONT_ENV, cedar);
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.installation.actionTypes['version.deploy']?.reconcile).toEqual({
      ask: {
        by: 'http',
        url: '${environment.adminUrl}/${target}/operations/${action.id}',
        timeoutMs: 5_000,
      },
      present: 'status == 200',
      absent: 'status == 404 && answer.type == "unknown-operation"',
      settleMs: 30_000,
    });
  });
});

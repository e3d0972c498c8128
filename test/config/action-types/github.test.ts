import { describe, expect, test } from 'vitest';
import { editFile } from '../../support/storefront-folder.ts';
import { edited, faultsOf } from '../broken.ts';

/** The storefront, whose action type runs a workflow instead of its request. */
async function problemsOf(run: string): Promise<string> {
  const folder = await edited();
  await editFile(folder, 'actions/cache-flush.yaml', (text) =>
    text
      .replace(/rollback:\n(?: {2}.*\n)+/, '')
      .replace(
        /execute:\n(?: {2}.*\n)+/,
        () => `execute:\n  github: ${run}\nrollback:\n  github: { undo: true, timeout: 5s }\n`,
      ),
  );
  return (await faultsOf(folder)).map(({ problem }) => problem).join('\n');
}

const run =
  '{ repository: example/shop, workflow: deploy.yml, branch: main, correlationInput: correlation, timeout: 20m }';

describe('a run of a workflow', () => {
  test('is accepted, with an undo', async () => {
    expect(await problemsOf(run)).toBe('');
  });

  test.each([
    ['a repository has an owner', run.replace('example/', ''), 'must be owner/name'],
    ['a workflow is a file', run.replace('deploy.yml', 'deploy'), "must be the name of a workflow's file"],
    [
      'an agent chooses no branch',
      run.replace('main', '"${params.branch}"'),
      'must not depend on what an agent writes',
    ],
    [
      'a run is found by an input',
      run.replace('correlationInput: correlation, ', ''),
      'correlationInput: is missing',
    ],
  ])('%s', async (_, written, problem) => {
    expect(await problemsOf(written)).toContain(problem);
  });
});

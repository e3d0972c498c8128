import { expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf, lineOf, testBroken } from '../broken.ts';

const flush = 'actions/cache-flush.yaml';

/** The cache is flushed by a folder of configuration. */
const byTerraform = (...lines: readonly string[]) => ({
  file: flush,
  replace: `  http:
    method: POST
    url: \${environment.adminUrl}/\${target}/cache/flush
    timeout: 5s
rollback`,
  by: `  terraform:\n${lines.map((line) => `    ${line}\n`).join('')}rollback`,
});

test('a folder of configuration is written with its variables, and what is left out is the strictest', async () => {
  const lines = ['folder: "/srv/${target}"', 'variables: { size: 3, name: "${target}" }', 'timeout: 10m'];
  const loaded = await loadInstallation(await edited(byTerraform(...lines)), STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  expect(loaded.installation.actionTypes['cache.flush']?.execute).toEqual({
    executor: 'terraform',
    program: 'tofu',
    folder: '/srv/${target}',
    variables: { size: 3, name: '${target}' },
    timeoutMs: 600_000,
  });
});

test('a variable that the program needs is there when the installation is loaded', async () => {
  const lines = ['folder: /srv/cache', 'environment: [TF_VAR_token]', 'timeout: 10m'];
  const folder = await edited(byTerraform(...lines));
  expect(await faultsOf(folder)).toEqual([
    {
      file: flush,
      line: await lineOf(folder, flush, 'environment: [TF_VAR_token]'),
      problem:
        'execute.terraform.environment: the environment variable TF_VAR_token is not set: set it, or do not name it',
    },
  ]);
});

const timeout = 'timeout: 10m';
const BY_OPERATORS = 'may hold ${target} and ${environment.NAME} alone: an agent does not choose it';

testBroken([
  {
    rule: 'an agent does not choose the folder',
    ...byTerraform('folder: "/srv/${params.name}"', timeout),
    at: 'folder: "/srv/',
    problem: `execute.terraform.folder: ${BY_OPERATORS}`,
  },
  {
    rule: 'a folder is absolute: workers may be started anywhere',
    ...byTerraform('folder: srv/cache', timeout),
    at: 'folder: srv',
    problem: 'execute.terraform.folder: must be an absolute path, or begin with ${environment.NAME}',
  },
  {
    rule: 'an agent does not choose the workspace',
    ...byTerraform('folder: /srv', 'workspace: "${action.id}"', timeout),
    at: 'workspace:',
    problem: `execute.terraform.workspace: ${BY_OPERATORS}`,
  },
  {
    rule: 'the program is one of the two',
    ...byTerraform('program: sh', 'folder: /srv', timeout),
    at: 'program: sh',
    problem: 'execute.terraform.program: must be tofu, terraform, or the absolute path of either',
  },
  {
    rule: 'nobody brings in options that people do not see',
    ...byTerraform('folder: /srv', 'environment: { TF_CLI_ARGS_apply: "${env.X}" }', timeout),
    at: 'environment: { TF',
    problem:
      'execute.terraform.environment.TF_CLI_ARGS_apply: is for Countersign alone, which chooses options, log, workspace and where data is kept: leave it out',
  },
  {
    rule: 'what is not destroyed is not written',
    ...byTerraform('folder: /srv', 'mayDestroy: false', timeout),
    at: 'mayDestroy',
    problem: 'execute.terraform.mayDestroy: must be true, or be left out',
  },
]);

import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf, lineOf, testBroken } from '../broken.ts';

const migrate = 'actions/schema-migrate.yaml';

const flush = 'actions/cache-flush.yaml';

const inRequest = (line: string) => ({
  file: flush,
  replace: '    timeout: 5s\nrollback',
  by: `    ${line}\n    timeout: 5s\nrollback`,
});

const inCommand = (line: string) => ({
  file: migrate,
  replace: '    timeout: 15m',
  by: `    ${line}\n    timeout: 15m`,
});

describe('what a command says of itself', () => {
  testBroken([
    {
      rule: 'exit status 0 is done, and cannot say that nothing was changed',
      ...inCommand('unchanged: [0]'),
      problem: 'execute.command.unchanged.0: must be 1 to 255: 0 says that it is done',
    },
    {
      rule: 'an exit status is a byte',
      ...inCommand('unchanged: [10, 256]'),
      problem: 'execute.command.unchanged.1: must be 1 to 255',
    },
    {
      rule: 'a list of exit statuses has one',
      ...inCommand('unchanged: []'),
      problem: 'execute.command.unchanged: needs at least 1',
    },
    {
      rule: 'what is not said is no: it is not written',
      ...inCommand('repeatable: false'),
      problem: 'execute.command.repeatable: must be true, or be left out',
    },
    {
      rule: 'an exit status means one thing',
      ...inCommand('done: [2, 10]\n    unchanged: [10]'),
      problem: 'execute.command.done.1: is in unchanged too: keep one of them',
    },
    {
      rule: 'an agent chooses no folder',
      ...inCommand('directory: "tools/${target}"'),
      problem: 'execute.command.directory: must be written out: a path is no place for parameters',
    },
    {
      rule: 'what is kept of an output has a limit',
      ...inCommand('outputBytes: 1000000'),
      problem: 'execute.command.outputBytes: must be 1024 to 65536: what is kept is in the ledger',
    },
    {
      rule: 'a ruling waits only so long for a preview',
      ...inCommand('preview: { argv: [diff], timeout: 11s }'),
      problem: 'execute.command.preview.timeout: must be 10s at most: a ruling waits for it',
    },
    {
      rule: 'a rollback has no preview of its own',
      file: flush,
      replace:
        '  http:\n    method: POST\n    url: ${environment.adminUrl}/${target}/cache/warm\n    timeout: 5s\n',
      by: '  command: { argv: [warm], preview: { argv: [diff] }, timeout: 5s }\n',
      at: 'rollback:',
      problem: 'rollback: a rollback has no preview: leave command.preview out',
    },
    {
      rule: 'an agent does not choose the program of a preview',
      ...inCommand('preview: { argv: ["${target}"] }'),
      problem: 'execute.command.preview.argv.0: must be a program, written out',
    },
  ]);
});

describe('a job', () => {
  const conditions = 'succeeded: answer.state == "done", failed: answer.state == "failed"';
  const asJob = (more: string) => ({
    file: flush,
    replace:
      '  http:\n    method: POST\n    url: ${environment.adminUrl}/${target}/cache/flush\n    timeout: 5s\n',
    by: `  job:\n    method: POST\n    url: \${environment.adminUrl}/\${target}/cache/flush\n    timeout: 5m\n    ${more}\n`,
  });

  test('is taken as it is written', async () => {
    const folder = await edited(
      asJob(
        `status: { ${conditions}, url: answer.self }\n    cancel: { method: POST, append: /cancel, body: { why: "\${target}" } }`,
      ),
    );
    const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.installation.actionTypes['cache.flush']?.execute).toEqual({
      executor: 'job',
      method: 'POST',
      url: `\${environment.adminUrl}/\${target}/cache/flush`,
      body: {},
      status: {
        url: 'answer.self',
        intervalMs: 5_000,
        succeeded: 'answer.state == "done"',
        failed: 'answer.state == "failed"',
      },
      cancel: { method: 'POST', append: '/cancel', body: { why: `\${target}` } },
      timeoutMs: 300_000,
    });
  });

  testBroken([
    {
      rule: 'a job says when it failed',
      ...asJob('status: { succeeded: answer.state == "done" }'),
      at: 'status: {',
      problem: 'execute.job.status.failed: is missing: write a text',
    },
    {
      rule: 'a condition is about the answer',
      ...asJob('status: { succeeded: result == "done", failed: answer.state == "failed" }'),
      at: 'status: {',
      problem:
        'execute.job.status.succeeded: must be a CEL condition over status and answer, such as answer.state == "done": Unknown variable: result',
    },
    {
      rule: 'the address of a job is a text',
      ...asJob(`status: { ${conditions}, url: status + 1 }`),
      at: 'status: {',
      problem:
        'execute.job.status.url: must be a CEL expression over status and answer, such as answer.links.self: it gives a int, this needs a string',
    },
    {
      rule: 'a cancel goes to the status address and what follows it',
      ...asJob(`status: { ${conditions} }\n    cancel: { method: POST, append: "https://other.example" }`),
      at: 'append',
      problem: 'execute.job.cancel.append: must begin with / or :, such as /cancel or :cancel',
    },
  ]);
});

describe('what a rollback leaves behind', () => {
  const leaving = (line: string) => ({
    file: flush,
    replace: '/cache/warm\n    timeout: 5s\n',
    by: `/cache/warm\n    timeout: 5s\n${line}`,
  });

  test.each([
    ['', undefined],
    ['  leaves: nothing\n', []],
    ['  leaves: caches stay cold\n', [{ what: 'caches stay cold' }]],
    [
      `  leaves:\n    - { when: 'target == "cart"', what: baskets stay empty }\n    - { what: caches stay cold }\n`,
      [{ when: 'target == "cart"', what: 'baskets stay empty' }, { what: 'caches stay cold' }],
    ],
  ])('is as operators write it: %j', async (line, leaves) => {
    const loaded = await loadInstallation(await edited(leaving(line)), STOREFRONT_ENV, cedar);
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    const { rollback } = loaded.installation.actionTypes['cache.flush'] ?? {};
    expect(rollback).toMatchObject({ executor: 'http', timeoutMs: 5_000 });
    expect(rollback?.leaves).toEqual(leaves);
  });

  testBroken([
    {
      rule: 'a sentence is not a template: no text of an agent gets into it',
      ...leaving('  leaves: "what ${target} had stays"\n'),
      problem:
        'rollback.leaves: must be a sentence of your own: nothing is filled in here. Write a case with a condition for each value',
    },
    {
      rule: 'a condition is about the action',
      ...leaving("  leaves: [{ when: 'result > 1', what: it stays }]\n"),
      problem:
        'rollback.leaves.0.when: must be a CEL condition over params, target and environment, such as params.version.startsWith("3."): Unknown variable: result',
    },
    {
      rule: 'a list has a case',
      ...leaving('  leaves: []\n'),
      problem: 'rollback.leaves: needs at least 1',
    },
  ]);
});

describe('the environment of a command', () => {
  const env = { ...STOREFRONT_ENV, HOME: '/root', STAGING_CONFIG: '/etc/hunter2' };

  const plannedWith = async (line: string) => {
    const loaded = await loadInstallation(await edited(inCommand(line)), env, cedar);
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    const { actionTypes, digests } = loaded.installation;
    return { plan: actionTypes['schema.migrate']?.execute, digest: digests.actionTypes['schema.migrate'] };
  };

  test.each([
    ['environment: [HOME]', { HOME: 'HOME' }],
    [
      'environment: { KUBECONFIG: "${env.STAGING_CONFIG}", HOME: "${env.HOME}" }',
      { KUBECONFIG: 'STAGING_CONFIG', HOME: 'HOME' },
    ],
  ])('%s: names are in the plan, and no value', async (line, environment) => {
    const { plan, digest } = await plannedWith(line);
    expect(plan).toMatchObject({ environment });
    expect(JSON.stringify(plan)).not.toContain('hunter2');
    expect(digest).not.toBe((await plannedWith('repeatable: true')).digest);
  });

  test('is there when the installation is loaded', async () => {
    const folder = await edited(inCommand('environment: [HOME, STAGING_CONFIG]'));
    expect(await faultsOf(folder, { ...STOREFRONT_ENV, HOME: '/root' })).toEqual([
      {
        file: migrate,
        line: await lineOf(folder, migrate, 'environment: [HOME'),
        problem:
          'execute.command.environment: the environment variable STAGING_CONFIG is not set: set it, or do not name it',
      },
    ]);
  });

  const own =
    'is a variable of Countersign itself, which no other program may see: give the program a variable of its own';

  testBroken([
    {
      rule: 'a variable of ours goes to no program',
      ...inCommand('environment: [COUNTERSIGN_DATABASE_URL]'),
      problem: `execute.command.environment.0: ${own}`,
    },
    {
      rule: 'not under another name either',
      ...inCommand('environment: { KEY: "${env.TEMPORAL_API_KEY}" }'),
      problem: `execute.command.environment.KEY: ${own}`,
    },
    {
      rule: 'what the executor sets is not set by others',
      ...inCommand('environment: { COUNTERSIGN_ACTION_ID: "${env.SMTP_URL}" }'),
      problem:
        'execute.command.environment.COUNTERSIGN_ACTION_ID: this name is not allowed: it begins with COUNTERSIGN_, as what every command finds does',
    },
    {
      rule: 'a name is the name of a variable',
      ...inCommand('environment: [kube-config]'),
      problem:
        'execute.command.environment.0: must be the name of an environment variable: letters, digits and "_"',
    },
    {
      rule: 'a value is named and not written down, as everybody reads an action type',
      ...inCommand('environment: { TOKEN: hunter2 }'),
      problem:
        'execute.command.environment.TOKEN: must be ${env.NAME} and nothing else: the value is read where the worker runs',
    },
  ]);
});

describe('what says that a request is done', () => {
  test.each([
    ['success: { statuses: [200, 404] }', { statuses: [200, 404] }],
    [`success: { condition: 'answer.state == "done"' }`, { condition: 'answer.state == "done"' }],
    [
      `success: { statuses: [200, 202], condition: 'has(answer.id) && status != 202' }`,
      { statuses: [200, 202], condition: 'has(answer.id) && status != 202' },
    ],
  ])('%s is taken', async (line, success) => {
    const loaded = await loadInstallation(await edited(inRequest(line)), STOREFRONT_ENV, cedar);
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.installation.actionTypes['cache.flush']?.execute).toMatchObject({ success });
  });

  const condition =
    'execute.http.success.condition: must be a CEL condition over status and answer, such as answer.state == "done"';

  testBroken([
    {
      rule: 'something says it',
      ...inRequest('success: {}'),
      problem: 'execute.http.success: needs statuses, a condition or both',
    },
    {
      rule: '202 says that it was accepted, which is not done',
      ...inRequest('success: { statuses: [200, 202] }'),
      problem:
        'execute.http.success.statuses: 202 says only that the request was accepted: write a condition that is true once it is done, or leave 202 out',
    },
    {
      rule: 'a status that asks for the same again is no success',
      ...inRequest('success: { statuses: [429] }'),
      problem: 'execute.http.success.statuses.0: must be 200 to 299, or 400 to 499 without 408, 425 and 429',
    },
    {
      rule: 'a fault of the other side is no success',
      ...inRequest('success: { statuses: [500] }'),
      problem: 'execute.http.success.statuses.0: must be 200 to 299, or 400 to 499 without 408, 425 and 429',
    },
    {
      rule: 'a condition is CEL',
      ...inRequest('success: { condition: "answer.state ==" }'),
      problem: `${condition}: Unexpected token: EOF`,
    },
    {
      rule: 'a condition is about the answer',
      ...inRequest(`success: { condition: 'result == "done"' }`),
      problem: `${condition}: Unknown variable: result`,
    },
    {
      rule: 'a condition gives true or false',
      ...inRequest('success: { condition: "status + 1" }'),
      problem: `${condition}: it gives a int, a condition gives a bool`,
    },
  ]);
});

import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { faultLines, loadInstallation } from '../../src/config/index.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { editFile, STOREFRONT_ENV } from '../support/storefront-folder.ts';
import { edited, faultsOf, lineOf } from './broken.ts';

async function installationIn(folder: string, env: Readonly<Record<string, string>> = STOREFRONT_ENV) {
  const loaded = await loadInstallation(folder, env, cedar);
  if (loaded.kind === 'faulty') throw new Error(faultLines(loaded.faults).join('\n'));
  return loaded.installation;
}

describe('faults', () => {
  test('all of them are reported at once, in order of files and lines', async () => {
    const folder = await edited(
      { file: 'countersign.yaml', replace: 'within: 24h', by: 'within: a day' },
      { file: 'countersign.yaml', replace: 'onCall: group:sre-on-call', by: 'onCall: group:sre' },
      { file: 'catalog/services.yaml', replace: 'owner: group:cart-team', by: 'owner: group:cart' },
      { file: 'actions/config-change.yaml', replace: 'tier: 3', by: 'tier: 0' },
      { file: 'actions/instances-scale.yaml', replace: '"${params.count}"', by: '"${params.size}"' },
    );
    expect((await faultsOf(folder)).map(({ file, problem }) => [file, problem.split(':')[0]])).toEqual([
      ['actions/config-change.yaml', 'tier'],
      ['actions/instances-scale.yaml', 'execute.http.body.count'],
      ['catalog/services.yaml', 'spec.owner'],
      ['countersign.yaml', 'onCall'],
      ['countersign.yaml', 'review.within'],
    ]);
  });

  test('each one is a line with file, line and column', async () => {
    const folder = await edited({ file: 'countersign.yaml', replace: 'wait: 5m', by: 'wait: soon' });
    const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
    const line = await lineOf(folder, 'countersign.yaml', 'wait: soon');
    expect(loaded.kind === 'faulty' && faultLines(loaded.faults)).toEqual([
      `countersign.yaml:${line}:37: window.route.steps.0.wait: must be a duration, such as 90s, 5m, 24h or 1h30m`,
    ]);
  });

  test('a folder without anything lacks everything', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-empty-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const faults = [
      { file: 'actions', line: 1, problem: 'has no .yaml file: write the action types there' },
      { file: 'catalog', line: 1, problem: 'has no .yaml file: write the services, people and agents there' },
      { file: 'countersign.yaml', line: 1, problem: 'is missing: write one beside catalog/ and actions/' },
    ];
    expect(await faultsOf(folder)).toEqual(faults);
  });

  test('a folder that is not there is only that, and so is one that is a file', async () => {
    const file = fileURLToPath(import.meta.url);
    for (const folder of [join(tmpdir(), 'nowhere'), file])
      expect(await faultsOf(folder)).toEqual([{ file: folder, line: 1, problem: 'there is no such folder' }]);
  });

  test('a file whose name keeps it from being read is a fault', async () => {
    const folder = await edited();
    await rename(join(folder, 'actions/schema-migrate.yaml'), join(folder, 'actions/schema-migrate.yml'));
    expect(await faultsOf(folder)).toEqual([
      { file: 'actions/schema-migrate.yml', line: 1, problem: 'is not read: let its name end in .yaml' },
    ]);
  });

  test('when part of the catalog cannot be read, nothing is said to be missing from it', async () => {
    const folder = await edited({
      file: 'catalog/people.yaml',
      replace: '    displayName: Ada Okafor',
      by: '    displayName: Ada Okafor\n    displayName: Ada',
    });
    expect(await faultsOf(folder)).toEqual([
      {
        file: 'catalog/people.yaml',
        line: (await lineOf(folder, 'catalog/people.yaml', 'displayName: Ada Okafor')) + 1,
        problem: 'this key is written twice: keep one of them',
      },
    ]);
  });

  test('aliases are read, and those that multiply without bound are refused', async () => {
    const shared = await edited({
      file: 'countersign.yaml',
      replace:
        'approval: { atLeast: 1, of: [owners, on-call] }\n  route:\n    steps:\n      - { notify: owners, by: mail, wait: 5m }',
      by: 'approval: &both { atLeast: 1, of: [owners, on-call] }\n  route:\n    steps:\n      - { notify: owners, by: mail, wait: 5m }',
    });
    await editFile(shared, 'countersign.yaml', (text) =>
      text.replace('{ atLeast: 1, of: [owners] }', '*both'),
    );
    const { review, window } = (await installationIn(shared)).rules;
    expect(review.approval).toEqual(window.approval);

    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`)}]`);
    await writeFile(join(shared, 'actions/bomb.yaml'), ['l0: &l0 [x]', ...levels].join('\n'));
    expect(await faultsOf(shared)).toEqual([
      {
        file: 'actions/bomb.yaml',
        line: 1,
        problem: 'this is not YAML: Excessive alias count indicates a resource exhaustion attack',
      },
    ]);
  });
});

describe('the environment', () => {
  test('a variable that is not set is named wherever it is needed', async () => {
    const folder = await edited();
    const { SMTP_URL, ...env } = STOREFRONT_ENV;
    expect(SMTP_URL).toBeDefined();
    expect(await faultsOf(folder, { ...env, STOREFRONT_URL: '' })).toEqual([
      {
        file: 'countersign.yaml',
        line: await lineOf(folder, 'countersign.yaml', '${env.STOREFRONT_URL}/admin'),
        problem:
          'environments.production.adminUrl: the environment variable STOREFRONT_URL is not set: set it, or write the value here',
      },
      {
        file: 'countersign.yaml',
        line: await lineOf(folder, 'countersign.yaml', '${env.SMTP_URL}'),
        problem:
          'channels.mail.smtpUrl: the environment variable SMTP_URL is not set: set it, or write the value here',
      },
      {
        file: 'countersign.yaml',
        line: (await lineOf(folder, 'countersign.yaml', '    openmetrics:')) + 1,
        problem:
          'metricSources.storefront.openmetrics.url: the environment variable STOREFRONT_URL is not set: set it, or write the value here',
      },
      {
        file: 'countersign.yaml',
        line: await lineOf(folder, 'countersign.yaml', '${env.STOREFRONT_URL}/metrics/history'),
        problem:
          'metricSources.storefront-history.http.series.url: the environment variable STOREFRONT_URL is not set: set it, or write the value here',
      },
    ]);
  });

  test('no rule comes from it', async () => {
    const folder = await edited({
      file: 'countersign.yaml',
      replace: 'within: 24h',
      by: 'within: ${env.WITHIN}',
    });
    expect(await faultsOf(folder, { ...STOREFRONT_ENV, WITHIN: '24h' })).toEqual([
      {
        file: 'countersign.yaml',
        line: await lineOf(folder, 'countersign.yaml', 'within: ${env.WITHIN}'),
        problem:
          'review.within: ${env.WITHIN} may stand in environments, channels, findings, metricSources, governedSystems, credentialSources, databases, uiUrl, gateway, alerts, reports only: write the value here',
      },
    ]);
  });

  test('no value of it is ever in a fault, whatever is wrong', async () => {
    const folder = await edited();
    const secret = 'hunter2-\n"${env.PAGER_URL}';
    const env = Object.fromEntries(Object.keys(STOREFRONT_ENV).map((name) => [name, secret]));
    const loaded = await loadInstallation(folder, env, cedar);
    expect(loaded.kind === 'faulty' && loaded.faults.length).toBeGreaterThan(2);
    expect(JSON.stringify(loaded)).not.toContain('hunter2');
  });
});

describe('environments', () => {
  const staging = (production: string) => ({
    file: 'countersign.yaml',
    replace: 'environments:\n',
    by: `environments:\n  staging: { ${production}adminUrl: "https://staging.example/admin" }\n`,
  });

  test.each([
    ['', []],
    ['production: true, ', []],
    ['production: false, ', ['staging']],
  ])('one with "%s" in it: %j are not production', async (written, notProduction) => {
    const installation = await installationIn(await edited(staging(written)));
    expect(installation.notProduction).toEqual(notProduction);
    expect(installation.environments.staging).toEqual({ adminUrl: 'https://staging.example/admin' });
  });
});

describe('digests', () => {
  test('do not depend on the environment', async () => {
    const folder = await edited();
    const { digests } = await installationIn(folder);
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-z0-9]{1,20}$/), async (text) => {
        const env = {
          STOREFRONT_URL: `https://${text}.example`,
          SMTP_URL: `smtp://${text}`,
          PAGER_URL: `https://${text}`,
          PAGER_ROUTING_KEY: text,
          TEMPORAL_UI_URL: `https://${text}.example/ui/`,
        };
        expect((await installationIn(folder, env)).digests).toEqual(digests);
      }),
      { numRuns: 5 },
    );
  });

  test('do not depend on the order of keys, on comments, or on how the catalog is cut into files', async () => {
    const folder = await edited();
    const { digests } = await installationIn(folder);
    for (const file of ['countersign.yaml', 'actions/cache-flush.yaml', 'actions/version-deploy.yaml']) {
      await editFile(folder, file, (text) => stringify(reversed(parse(text))));
    }
    const documents = (await readFile(join(folder, 'catalog/services.yaml'), 'utf8')).split('---\n');
    await rm(join(folder, 'catalog/services.yaml'));
    for (const [i, document] of documents.reverse().entries()) {
      await writeFile(join(folder, `catalog/service-${i}.yaml`), document);
    }
    expect((await installationIn(folder)).digests).toEqual(digests);
  });

  const changed = async (file: string, replace: string, by: string) => {
    const folder = await edited();
    const before = (await installationIn(folder)).digests;
    await editFile(folder, file, (text) => text.replace(replace, () => by));
    return differences(before, (await installationIn(folder)).digests);
  };

  test.each([
    ['a rule', 'countersign.yaml', 'wait: 5m', 'wait: 6m', ['policy']],
    [
      'what is production',
      'countersign.yaml',
      '    adminUrl:',
      '    production: false\n    adminUrl:',
      ['policy'],
    ],
    ['a channel', 'countersign.yaml', 'from: countersign@', 'from: agents@', []],
    ['an entity', 'catalog/services.yaml', 'service-tier: "3"', 'service-tier: "2"', ['catalog']],
    ['an action type', 'actions/cache-flush.yaml', 'count: 3', 'count: 4', ['cache.flush']],
  ])('%s changes its own digest alone', async (_, file, replace, by, expected) => {
    expect(await changed(file, replace, by)).toEqual(expected);
  });

  test.each([
    ['text', 'context.riskScore >= 60', 'context.riskScore >= 61'],
    ['reason', 'is decided by people', 'is decided by us'],
  ])('the %s of a policy changes the digest of the rules', async (_, replace, by) => {
    expect(await changed('policies/services.cedar', replace, by)).toEqual(['policy']);
  });

  test('a policy more changes the digest of the rules', async () => {
    const folder = await edited();
    const before = (await installationIn(folder)).digests;
    const policy = '@id("x") @owner("on-call") @reason("r") permit (principal, action, resource);\n';
    await writeFile(join(folder, 'policies/more.cedar'), policy);
    expect(differences(before, (await installationIn(folder)).digests)).toEqual(['policy']);
  });
});

function differences(before: Installation['digests'], after: Installation['digests']): string[] {
  const flat = ({ policy, catalog, actionTypes }: Installation['digests']) => ({
    policy,
    catalog,
    ...actionTypes,
  });
  const [old, now] = [Object.entries(flat(before)), Object.entries(flat(after))];
  return now
    .filter(([name, digest], i) => old[i]?.[0] !== name || old[i]?.[1] !== digest)
    .map(([name]) => name);
}

/** The same data with the keys of every mapping in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

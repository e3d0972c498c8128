import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { type Loaded, loadInstallation } from '../../../src/config/index.ts';
import {
  copyStorefront,
  enterKeys,
  STOREFRONT_ENV,
  STOREFRONT_PEOPLE,
} from '../../support/storefront-folder.ts';
import { type Edit, edited, faultsOf, lineOf, testBroken } from '../broken.ts';
import { review, SECURITY } from './approval-edits.ts';

const file = 'countersign.yaml';
const severityRule = (when: string, require: string) => ({
  file,
  replace: SECURITY,
  by: `  - when: ${when}\n    require: ${require}`,
});
const needing = (require: string) => severityRule('{ category: security, atLeast: 3 }', require);

/** Deploys become security 3 of 4. */
const SEVERE: Edit = {
  file: 'actions/version-deploy.yaml',
  replace: '2, serviceD',
  by: '2, security: 3, serviceD',
};

async function loadedFrom(...edits: readonly Edit[]): Promise<Extract<Loaded, { kind: 'loaded' }>> {
  const loaded = await loadInstallation(await edited(...edits), STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded;
}

describe('a rule that can never apply', () => {
  testBroken([
    {
      rule: 'as nothing is so severe',
      ...severityRule('{ category: security, atLeast: 5 }', '{ atLeast: 1, of: [group:security] }'),
      at: 'atLeast: 5',
      problem: 'approvals.0.when.atLeast: must be 1 to 4 (the worst)',
    },
    {
      rule: 'or as everything is',
      ...severityRule('{ category: security, atLeast: 0 }', '{ atLeast: 1, of: [group:security] }'),
      at: 'atLeast: 0',
      problem: 'approvals.0.when.atLeast: must be 1 to 4 (the worst)',
    },
    {
      rule: 'as there is no such category',
      ...severityRule('{ category: privacy, atLeast: 3 }', '{ atLeast: 1, of: [group:security] }'),
      at: 'category: privacy',
      problem:
        'approvals.0.when.category: must be one of performance, security, dataAccess, serviceDisruption',
    },
  ]);

  test('as no action type is severe enough is sound, and noted with its line', async () => {
    const { notes } = await loadedFrom();
    const line = await lineOf(await edited(), file, 'when: { category: security');
    expect(notes.map((note) => ({ line: note.line, problem: note.problem }))).toEqual([
      {
        line,
        problem:
          'approvals.0: applies to nothing yet: no action type that people approve comes to security 3 or more on any service',
      },
      {
        line: line + 2,
        problem:
          'approvals.1: applies to nothing yet: no action type that people approve comes to dataAccess 3 or more on any service',
      },
    ]);
  });

  test('is not noted once an action type is', async () => {
    expect((await loadedFrom(SEVERE)).notes.map(({ problem }) => problem.split(':')[0])).toEqual([
      'approvals.1',
    ]);
  });
});

describe('enough people can meet it', () => {
  const problemsOf = async (...edits: readonly Edit[]) => {
    const folder = await edited(...edits);
    return (await faultsOf(folder)).map(({ line, problem }) => ({ line, problem }));
  };
  const at = async (text: string, ...edits: readonly Edit[]) => lineOf(await edited(...edits), file, text);

  test('a rule of several groups is sound where they are', async () => {
    const both =
      '{ allOf: [{ atLeast: 1, of: [owners] }, { anyOf: [{ atLeast: 2, of: [on-call] }, { atLeast: 1, of: [group:security] }] }] }';
    const { installation } = await loadedFrom(SEVERE, review(both));
    expect(installation.rules.review.approval).toEqual({
      allOf: [
        { atLeast: 1, of: ['owners'] },
        {
          anyOf: [
            { atLeast: 2, of: ['on-call'] },
            { atLeast: 1, of: ['group:security'] },
          ],
        },
      ],
    });
  });

  test('one person cannot fill two places: the first case is named, and what would mend it', async () => {
    const edits = [review('{ allOf: [{ atLeast: 1, of: [owners] }, { atLeast: 1, of: [data-owners] }] }')];
    expect(await problemsOf(...edits)).toEqual([
      {
        line: await at('allOf', ...edits),
        problem:
          'review.approval: 1 of checkout-team and 1 of checkout-team must approve what deploy-agent asks for on checkout (and 1 more pairs of agent and service), and 1 of checkout-team would be missing if everybody did who can, as each counts once: add people there who do not own deploy-agent',
      },
    ]);
  });

  test('a severity rule is judged for every action type, agent and service that it applies to', async () => {
    const edits = [SEVERE, needing('{ atLeast: 3, of: [group:security] }')];
    expect(await problemsOf(...edits)).toEqual([
      {
        line: await at('category: security', ...edits),
        problem:
          'approvals.0: 1 of web-team or sre-on-call, and 3 of security must approve what cache-agent asks for with version.deploy on web (and 15 more such cases), and 1 of security would be missing if everybody did who can, as each counts once: add people there who do not own cache-agent',
      },
    ]);
  });

  test('and for none that it does not apply to, nor where nothing is run', async () => {
    const impossible = '{ atLeast: 99, of: [group:security] }';
    expect(await problemsOf(needing(impossible))).toEqual([]);
    const migrations = {
      ...SEVERE,
      file: 'actions/schema-migrate.yaml',
      replace: 'dataAccess: 4',
      by: 'security: 4',
    };
    expect(await problemsOf(needing(impossible), migrations)).toEqual([]);
  });

  test('two rules that only together are too many: the later one is at fault', async () => {
    const edits = [
      SEVERE,
      needing(
        '{ atLeast: 1, of: [group:security] }\n  - when: { category: security, atLeast: 1 }\n    require: { atLeast: 2, of: [group:security] }',
      ),
    ];
    const problems = await problemsOf(...edits);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.line).toBe(await at('atLeast: 1 }', ...edits));
    expect(problems[0]?.problem).toMatch(
      /^approvals\.1: 1 of .*, and 1 of security, and 2 of security must approve what cache-agent asks for with version\.deploy on web/,
    );
  });

  test('a rule after one that is impossible by itself is not blamed for it', async () => {
    const impossible = '{ atLeast: 99, of: [group:security] }';
    const after =
      '\n  - when: { category: security, atLeast: 1 }\n    require: { atLeast: 1, of: [group:security] }';
    const problems = await problemsOf(SEVERE, needing(impossible + after));
    expect(problems.map(({ problem }) => problem.split(':')[0])).toEqual(['approvals.0']);
  });

  test('people without a key are named, as they only need one', async () => {
    const folder = await copyStorefront();
    await enterKeys(
      folder,
      STOREFRONT_PEOPLE.filter((person) => person !== 'elif' && person !== 'jonas'),
    );
    await writeFile(
      join(folder, 'actions/rotate.yaml'),
      'name: secrets.rotate\ntitle: rotate the secrets of ${target}\nparameters: { type: object, additionalProperties: false }\ntier: 3\nseverity: { security: 4 }\nexecute: { command: { argv: [rotate, "${target}"], timeout: 5m } }\n',
    );
    const [fault, ...others] = await faultsOf(folder);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ file, line: await lineOf(folder, file, 'category: security') });
    expect(fault?.problem).toMatch(
      /with secrets\.rotate on web \(and 15 more such cases\), and 1 of security would be missing .*: run "countersign keys" for elif, jonas, or write "gateway:"/,
    );
  });

  test('a person in no group is sound, and in no requirement', async () => {
    const folder = await edited();
    await writeFile(
      join(folder, 'catalog/guest.yaml'),
      'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: { name: guest }\nspec: { profile: { email: guest@storefront.example } }\n',
    );
    expect(await faultsOf(folder)).toEqual([]);
  });

  test('no more combinations are taken than can be judged', async () => {
    const either = '{ anyOf: [{ atLeast: 1, of: [owners] }, { atLeast: 1, of: [on-call] }] }';
    const all = (n: number) => `{ allOf: [${Array(n).fill(either).join(', ')}] }`;
    expect((await problemsOf(review(all(7)))).map(({ problem }) => problem)).toEqual([
      'review.approval: 128 combinations of groups could meet this, at most 64 are judged: write fewer under anyOf',
    ]);
    expect((await problemsOf(needing(all(7)))).map(({ problem }) => problem)).toEqual([
      'approvals: 128 combinations of groups could meet these and approval.approval together, at most 64 are judged: write fewer under anyOf',
    ]);
    expect(await problemsOf(needing(all(6)))).toEqual([]);
  });
});

describe('somebody of each group that must approve gets a mail', () => {
  const APPROVAL =
    '  approval: { atLeast: 1, of: [owners, on-call] }\n  route:\n    steps:\n      - { notify: owners, by: mail, wait: 15m }';
  const tierThree = (approval: string, steps = '') => ({
    file,
    replace: APPROVAL,
    by: `  approval: ${approval}\n  route:\n    steps:\n      - { notify: owners, by: mail, wait: 15m }${steps}`,
  });
  const GROUPS = '[{ atLeast: 1, of: [owners] }, { atLeast: 1, of: [group:security] }]';

  test('one side that is not asked is at fault', async () => {
    const folder = await edited(tierThree(`{ allOf: ${GROUPS} }`));
    expect(await faultsOf(folder)).toEqual([
      {
        file,
        line: (await lineOf(folder, file, 'notify: owners, by: mail, wait: 15m')) - 1,
        problem:
          'approval.route.steps: nobody who may approve as group:security what cache-agent asks for on checkout (and 7 more pairs of agent and service) gets a mail: add a step that mails group:security',
      },
    ]);
  });

  test('until a step mails it', async () => {
    const step = '\n      - { notify: group:security, by: mail, wait: 5m }';
    expect(await faultsOf(await edited(tierThree(`{ allOf: ${GROUPS} }`, step)))).toEqual([]);
  });

  test('of alternatives one that is asked is enough', async () => {
    expect(await faultsOf(await edited(tierThree(`{ anyOf: ${GROUPS} }`)))).toEqual([]);
  });
});

test('a severity rule changes the digest of the rules', async () => {
  const before = (await loadedFrom()).installation.digests;
  const after = (await loadedFrom(needing('{ atLeast: 2, of: [group:security] }'))).installation.digests;
  expect(after.policy).not.toBe(before.policy);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf } from '../broken.ts';

const file = 'policies/services.cedar';
const REASON = '@reason("what is risky for a service of tier 1 is decided by people")';

async function loadedFrom(folder: string) {
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded;
}

describe('@requires', () => {
  const RULES = 'approvalRules:\n  security-too: { atLeast: 1, of: [group:security] }\nadmitWithin: 15m';
  const withRule = (...edits: { replace: string; by: string }[]) =>
    edited(
      { file: 'countersign.yaml', replace: 'admitWithin: 15m', by: RULES },
      ...edits.map((edit) => ({ file, ...edit })),
    );
  const requiring = { replace: REASON, by: `${REASON}\n@requires("security-too")` };

  test('names a rule of countersign.yaml', async () => {
    const { policies, installation } = await loadedFrom(await withRule(requiring));
    expect(policies.find(({ requires }) => requires)?.id).toBe('tier-1-services-risk-with-people');
    expect(installation.rules.approvalRules).toEqual({
      'security-too': { atLeast: 1, of: ['group:security'] },
    });
  });

  test('of a policy that leaves one automatic mode open is a fault', async () => {
    const folder = await withRule(requiring, {
      replace: 'action in [Action::"execute", Action::"executeAfterWindow"],',
      by: 'action == Action::"execute",',
    });
    expect((await faultsOf(folder)).map(({ problem }) => problem)).toEqual([
      expect.stringContaining(
        'let the policy forbid both Action::"execute" and Action::"executeAfterWindow"',
      ),
    ]);
  });

  test('of a permit of anything but approval is a fault', async () => {
    const permits = (action: string) =>
      `@id("p") @reason("r")\n@owner("on-call")\n@requires("security-too")\npermit (principal is Agent, action == Action::"${action}", resource);`;
    const problems = async (action: string) => {
      const folder = await withRule();
      await writeFile(join(folder, 'policies/more.cedar'), permits(action));
      return (await faultsOf(folder)).map(({ line, problem }) => `${line}: ${problem}`);
    };
    expect(await problems('executeWithApproval')).toEqual([]);
    expect(await problems('executeAfterWindow')).toEqual([
      '3: @requires needs people to be waited for: let the policy permit action == Action::"executeWithApproval" alone',
    ]);
  });

  test('a rule that nobody could meet is a fault', async () => {
    const folder = await edited({
      file: 'countersign.yaml',
      replace: 'admitWithin: 15m',
      by: 'approvalRules:\n  everybody: { atLeast: 9, of: [on-call] }\nadmitWithin: 15m',
    });
    expect((await faultsOf(folder)).map(({ problem }) => problem)).toEqual([
      expect.stringMatching(
        /^approvalRules.everybody: 1 of web-team or sre-on-call, and 9 of sre-on-call must/,
      ),
    ]);
  });
});

describe('@route and @watch', () => {
  const ROUTES =
    'routes:\n  patient:\n    steps:\n      - { notify: owners, by: mail, wait: 1h }\nadmitWithin: 15m';
  const withPolicy = async (policy: string) => {
    const folder = await edited({ file: 'countersign.yaml', replace: 'admitWithin: 15m', by: ROUTES });
    await writeFile(
      join(folder, 'policies/more.cedar'),
      `@id("p") @owner("on-call") @reason("r")\n${policy}`,
    );
    return folder;
  };
  const permit = (...modes: string[]) =>
    `permit (principal is Agent, action in [${modes.map((mode) => `Action::"${mode}"`).join(', ')}], resource);`;
  const forbid = (mode: string) =>
    `forbid (principal is Agent, action == Action::"${mode}", resource) when { context.frozen };`;

  test('are read, with the route that countersign.yaml names', async () => {
    const { policies, installation } = await loadedFrom(
      await withPolicy(`@route("patient") @watch("1h30m") ${forbid('execute')}`),
    );
    expect(policies.find(({ id }) => id === 'p')).toMatchObject({ route: 'patient', watchForMs: 5_400_000 });
    expect(installation.rules.routes).toEqual({
      patient: { steps: [{ notify: 'owners', by: 'mail', waitMs: 3_600_000 }] },
    });
  });

  test.each([
    [`@route("patient") ${permit('executeAfterWindow', 'executeWithApproval')}`, undefined],
    [`@route("patient") ${permit('execute')}`, /^@route needs people to be asked/],
    [`@route("patient") ${permit('executeAfterWindow', 'recommend')}`, /^@route needs people to be asked/],
    [`@route("patient") ${forbid('executeAfterWindow')}`, undefined],
    [`@route("patient") ${forbid('executeWithApproval')}`, /^changes nothing here/],
    [`@watch("1h") ${permit('execute', 'executeAfterWindow', 'executeWithApproval')}`, undefined],
    [`@watch("1h") ${permit('recommend')}`, /^@watch needs something to run/],
    [`@watch("168h") ${forbid('execute')}`, undefined],
    [`@watch("1h") ${forbid('recommend')}`, /^changes nothing here/],
  ])('%s: %s', async (policy, problem) => {
    const problems = (await faultsOf(await withPolicy(policy))).map((fault) => fault.problem);
    expect(problems).toEqual(problem === undefined ? [] : [expect.stringMatching(problem)]);
  });

  test('a route that mails nobody who may approve is a fault', async () => {
    const by =
      'routes:\n  lonely:\n    steps:\n      - { notify: on-call, by: page, wait: 1h }\nadmitWithin: 15m';
    const folder = await edited({ file: 'countersign.yaml', replace: 'admitWithin: 15m', by });
    expect((await faultsOf(folder)).map(({ problem }) => problem)).toContainEqual(
      expect.stringMatching(/^routes.lonely.steps: nobody who may approve .* gets a mail/),
    );
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { keyedInstallation } from '../../examples/storefront/keyed-installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';
import { Cli } from './cli.ts';
import { editFile, requireBuild } from './support.ts';

let folder: string;
let installation: string;
/** No Temporal server and no database is at these addresses. */
const cli = new Cli(() => ({
  ...STOREFRONT_ENV,
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  COUNTERSIGN_INSTALLATION: installation,
}));

beforeAll(async () => {
  await requireBuild();
  folder = await mkdtemp(join(tmpdir(), 'cli-rule-'));
  ({ folder: installation } = await keyedInstallation(join(folder, 'installation')));
  return () => rm(folder, { recursive: true });
});

const input = (asked: object) => JSON.stringify(asked);
const ruleOn = (asked: object, ...options: string[]) =>
  cli.json(['rule', '--file', '-', ...options], input(asked));

describe('rule', () => {
  test('says without any server what a proposal would be ruled, and why', async () => {
    const text = await cli.answer(['rule', '--file', '-'], input(deploy('2.4.0')));
    expect(text).toMatch(
      /^deploy 2\.4\.0 to checkout in production \(tier 3\)\nTier 3: waits for 1 of checkout-team/,
    );
    expect(text).toMatch(/^A dry run: it reads no metric and no record/m);
    expect(text).toMatch(/^What limited it\?$/m);
    expect(await ruleOn(deploy('2.4.0'))).toMatchObject({
      ruling: { kind: 'permit', tier: 3 },
      explanation: { inTheAgentsWords: { confidence: 0.9 } },
    });
  });

  test('for another level, it says what that level may do', async () => {
    const tierAt = async (level: string) => (await ruleOn(proposal(), '--level', level)).ruling.tier;
    expect([await tierAt('0'), await tierAt('1'), await tierAt('3')]).toEqual([4, 3, 1]);
    const { whoApprovedTheAuthority: who } = (await ruleOn(proposal(), '--level', '2')).explanation;
    expect(who).toContain('Level 2 (conditional) was asked for with --level.');
    expect(who.join()).not.toContain('The catalog lets');
  });

  test('at another time, it says what holds then', async () => {
    await editFile(join(installation, 'countersign.yaml'), (text) =>
      text.replace(
        '\ncalendar:\n',
        '\ncalendar:\n  windows:\n    - { days: [mon], from: "09:00", to: "17:00" }\n',
      ),
    );
    const monday = await ruleOn(proposal(), '--at', '2026-03-16T10:00Z');
    expect(monday.ruling).toMatchObject({ tier: 1 });
    const saturday = await ruleOn(proposal(), '--at', '2026-03-14T15:00Z');
    expect(saturday.ruling).toMatchObject({
      tier: 3,
      nearest: [{ change: { kind: 'time', from: expect.any(Number) }, tier: 1 }],
    });
  });

  test('has status 1 for what would be forbidden, and for what is refused', async () => {
    const stop =
      '\n@id("s") @owner("on-call") @reason("r")\nforbid (principal is Agent, action, resource);\n';
    const { folder: closed } = await keyedInstallation(join(folder, 'closed'));
    await editFile(join(closed, 'policies/safety.cedar'), (text) => text + stop);
    const { status, stdout } = await cli.run(
      ['rule', '--file', '-', '--installation', closed],
      input(proposal()),
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/^Forbidden: .*s forbids it \(r\)/m);
    await cli.expectRefused(
      1,
      /target: "nowhere" is not known/,
      ['rule', '--file', '-'],
      input(proposal({ target: 'nowhere' })),
    );
  });

  test.each([
    ['a time without a zone', ['--at', '2026-03-14T15:00'], /It must be a time with its zone/],
    ['a level that there is not', ['--level', '4'], /It must be 0, 1, 2 or 3/],
    ['a folder that is not there', ['--installation', '/nowhere'], /\/nowhere/],
  ])('refuses %s with status 2', (_, options, reason) =>
    cli.expectRefused(2, reason, ['rule', '--file', '-', ...options], input(proposal())),
  );
});

describe('check --matrix', () => {
  test.each([
    ['table', /^ACTION TYPE +SERVICE .*\ncache\.flush +web +production +all /],
    ['csv', /^action type,service,.*\ncache\.flush,web,production,all,/],
    ['markdown', /^\| action type \| service .*\n\| --- .*\n\| cache\.flush \| web \| production \| all /],
  ])('prints who is responsible as %s, and nothing else', async (format, expected) => {
    const text = await cli.answer(['check', '--matrix', format]);
    expect(text).toMatch(expected);
    expect(text).not.toContain('is sound');
  });

  test('is in the JSON of every check', async () => {
    const { responsibilities } = await cli.json(['check']);
    expect(responsibilities).toHaveLength(24);
    expect(responsibilities[0]).toMatchObject({ actionType: 'cache.flush', rollback: { automatic: true } });
  });

  test('what nobody could decide on is a fault, with status 1', async () => {
    const { folder: deaf } = await keyedInstallation(join(folder, 'deaf'));
    const nobody =
      '@id("n") @owner("on-call") @reason("r")\nforbid (principal is User, action == Action::"approve", resource == Service::"cart");\n';
    await editFile(join(deaf, 'policies/people.cedar'), (text) => `${text}\n${nobody}`);
    const { status, stdout } = await cli.run(['check', deaf]);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^policies:1: nobody could decide on version\.deploy on cart in production, asked for by cache-agent/m,
    );
  });

  test('knows three formats', () =>
    cli.expectRefused(2, /Allowed choices are table, csv, markdown/, ['check', '--matrix', 'pdf']));
});

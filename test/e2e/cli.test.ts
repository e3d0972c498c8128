import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Proposal } from 'countersign';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keyedInstallation } from '../../examples/storefront/keyed-installation.ts';
import { freePorts } from '../../src/dev/ports.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { type Ended, run } from './command.ts';
import { calm, editFile, PATIENCE, Site } from './support.ts';

let site: Site;
let installation: string;

beforeAll(async () => {
  site = await Site.start({
    files: { 'actions/version-deploy.yaml': calm, 'actions/cache-flush.yaml': calm },
  });
  await site.startWorker();
  installation = join(site.folder, 'installation');
});

afterAll(() => site.stop());

/** Runs `countersign` as a shell would, without a terminal. */
const countersign = (args: readonly string[], input = ''): Promise<Ended> =>
  run('cli/main.js', args, site.env, input).ended;

/** The answer of a command that does what it is asked to. */
async function answer(args: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await countersign(args, input);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const json = async (args: readonly string[], input = '') =>
  JSON.parse(await answer([...args, '--json'], input));

/** Every way to ask for what cannot be done: the text says why, the JSON says the same, and both have this status. */
async function expectRefused(status: number, reason: RegExp, args: readonly string[], input = '') {
  const text = await countersign(args, input);
  expect(text.stderr).toMatch(reason);
  expect(text).toMatchObject({ status, stdout: '' });
  // Whatever goes wrong, nobody is shown the inside of the program.
  expect(text.stderr).not.toMatch(/^\s+at /m);
  const asJson = await countersign([...args, '--json'], input);
  expect(JSON.parse(asJson.stderr).message).toMatch(reason);
  expect(asJson).toMatchObject({ status, stdout: '' });
}

const propose = (asked: Proposal) => json(['propose', '--file', '-'], JSON.stringify(asked));

async function keyFile(person: string, of = person): Promise<string> {
  const file = join(site.folder, `${person}-${of}.json`);
  await writeFile(file, JSON.stringify({ ...site.keyOf(of), person }));
  return file;
}

describe('keys', () => {
  test('makes a key that only its owner can read, and says what to enter in the catalog', async () => {
    const file = join(site.folder, 'new.json');
    const { publicKey, privateKeyFile } = await json(['keys', 'grace', '--out', file]);
    expect(privateKeyFile).toBe(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      person: 'grace',
      jwk: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
    });
  });

  test('enters it in the catalog itself, and the installation stays sound', async () => {
    const catalog = join(installation, 'catalog', 'people.yaml');
    const text = await answer([
      'keys',
      'jonas',
      '--out',
      join(site.folder, 'jonas.json'),
      '--catalog',
      catalog,
    ]);
    expect(text).toContain(`Public key entered in ${catalog}`);
    expect(await json(['check', installation])).toMatchObject({ ok: true });
  });

  test('overwrites no key', async () => {
    const file = join(site.folder, 'kept.json');
    await answer(['keys', 'grace', '--out', file]);
    const kept = await readFile(file, 'utf8');
    await expectRefused(2, /kept\.json/, ['keys', 'grace', '--out', file]);
    expect(await readFile(file, 'utf8')).toBe(kept);
  });

  test.each([
    [
      'for somebody who is not in the catalog',
      'nobody',
      'people.yaml',
      /people\.yaml: .*no User named nobody/,
    ],
    ['for a catalog that is not there', 'grace', 'absent.yaml', /absent\.yaml: ENOENT/],
  ])('makes none %s', async (_, person, catalog, reason) => {
    const out = join(site.folder, `${person}-${catalog}.json`);
    await expectRefused(2, reason, [
      ...['keys', person, '--out', out],
      ...['--catalog', join(installation, 'catalog', catalog)],
    ]);
    await expect(stat(out)).rejects.toThrow('ENOENT');
  });
});

describe('check', () => {
  test('says what a sound installation has', async () => {
    expect(await answer(['check', installation])).toMatch(/is sound: 5 action types, 4 services, 10 people/);
    expect(await json(['check'])).toMatchObject({ ok: true, actionTypes: 5, services: 4, people: 10 });
  });

  test('names every fault with its file and line, and has status 1', async () => {
    const { folder } = await keyedInstallation(join(site.folder, 'faulty'));
    await editFile(join(folder, 'actions/version-deploy.yaml'), (text) => text.replace('tier: 3', 'tier: 9'));
    await editFile(join(folder, 'countersign.yaml'), (text) => text.replace('sre-on-call', 'nobody'));
    const { status, stdout, stderr } = await countersign(['check', folder]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(/^actions\/version-deploy\.yaml:9:1: tier: must be/m);
    expect(stdout).toMatch(/^countersign\.yaml:8:1: onCall: group:nobody is not in the catalog/m);
    expect(stdout).toMatch(/^2 faults in /m);

    const asJson = await countersign(['check', folder, '--json']);
    expect(asJson.status).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      ok: false,
      faults: [
        { file: 'actions/version-deploy.yaml', line: 9, column: 1 },
        { file: 'countersign.yaml', line: 8, column: 1 },
      ],
    });
  });
});

describe('propose', () => {
  test('answers with what the agent may do, from a file and from standard input', async () => {
    const asked = JSON.stringify(deploy('2.4.0'));
    const file = join(site.folder, 'proposal.json');
    await writeFile(file, asked);
    expect(await answer(['propose', '--file', file])).toMatch(
      /^deploy-agent\.\S+\nTier 3: waits for 1 of checkout-team or sre-on-call/,
    );
    const { actionId, ruling } = await json(['propose', '--file', '-'], asked);
    expect(ruling).toMatchObject({ kind: 'permit', tier: 3, mode: 'executeWithApproval' });
    // The same proposal is the same action.
    expect(await answer(['propose', '--file', file])).toContain(actionId);
  });

  test('with --wait it has status 0 only when the action succeeded', async () => {
    const flush = await countersign(['propose', '--file', '-', '--wait'], JSON.stringify(proposal()));
    expect(flush).toMatchObject({ status: 0, stderr: '' });
    expect(flush.stdout).toMatch(/\nsucceeded: /);

    const migrate = proposal({ actionType: 'schema.migrate', target: 'cart', params: { layout: 2 } });
    const recommended = await countersign(
      ['propose', '--file', '-', '--wait', '--json'],
      JSON.stringify(migrate),
    );
    expect(recommended).toMatchObject({ status: 1, stderr: '' });
    expect(JSON.parse(recommended.stdout).outcome.kind).toBe('recommended');
  });

  test.each([
    ['that is not JSON', 2, '{', /standard input is not JSON/],
    ['with a member twice', 2, '{"agent":1,\n"agent":2}', /standard input: .*unique at line 2/],
    ['that does not explain itself', 1, { evidence: [] }, /evidence: needs at least one/],
    ['with wrong parameters', 1, { params: { version: 'new' } }, /params\.version: must match pattern/],
    ['by nobody', 1, { agent: { id: 'nobody', version: '1.0.0' } }, /agent\.id: /],
  ])('refuses a proposal %s', async (_, status, bent, reason) => {
    const input = typeof bent === 'string' ? bent : JSON.stringify(deploy('2.4.0', bent));
    await expectRefused(status, reason, ['propose', '--file', '-'], input);
  });

  test('names every fault at once', async () => {
    const bent = deploy('2.4.0', { evidence: [], successCriteria: [] });
    const { stderr } = await countersign(['propose', '--file', '-', '--json'], JSON.stringify(bent));
    const { faults } = JSON.parse(stderr);
    expect(faults.map(({ where }: { where: string }) => where)).toEqual(['evidence', 'successCriteria']);
  });

  test('refuses another content under a key that is taken', async () => {
    const asked = deploy('2.4.0');
    await propose(asked);
    const other = JSON.stringify({ ...asked, params: { version: '2.5.0' } });
    await expectRefused(1, /idempotency key/, ['propose', '--file', '-'], other);
  });
});

describe('decide', () => {
  test('signs an approval, which then counts', async () => {
    const { actionId } = await propose(deploy('2.4.0'));
    const args = ['decide', actionId, 'approve', '--key', await keyFile('grace'), '--yes'];
    expect(await answer(args)).toMatch(
      /^grace: approve recorded for "deploy 2\.4\.0 to checkout"; that decides it/,
    );
    const { outcome } = await site.countersign.action(actionId).result();
    expect(outcome.kind).toBe('succeeded');
  });

  test('signs a denial with its reason, which the agent hears', async () => {
    const { actionId } = await propose(deploy('2.4.0'));
    const key = await keyFile('grace');
    await expectRefused(2, /needs --reason/, ['decide', actionId, 'deny', '--key', key, '--yes']);
    const denied = ['decide', actionId, 'deny', '--key', key, '--yes', '--reason', 'it is Friday'];
    expect(await json(denied)).toMatchObject({ id: actionId, verdict: 'deny', person: 'grace', missing: 0 });
    const { outcome } = await site.countersign.action(actionId).result();
    expect(outcome).toEqual({ kind: 'deniedByPerson', reason: 'grace denied it: it is Friday' });
  });

  test('asks first, so without a terminal it needs --yes', async () => {
    const { actionId } = await propose(deploy('2.4.0'));
    const args = ['decide', actionId, 'approve', '--key', await keyFile('grace')];
    await expectRefused(2, /no terminal to ask at: give --yes/, args);
    expect((await site.countersign.action(actionId).state()).votes).toEqual([]);
  });

  test.each([
    ['who may not decide', 1, () => keyFile('ada'), /ada may not decide: .* owns the agent/],
    [
      'with the key of another person',
      1,
      () => keyFile('grace', 'priya'),
      /grace is refused: it names a signing key/,
    ],
    [
      'with a file that holds no key',
      2,
      async () => join(installation, 'countersign.yaml'),
      /is not a key file/,
    ],
    ['without a key', 2, async () => '', /name your key file with --key/],
  ])('refuses a person %s', async (_, status, key, reason) => {
    const { actionId } = await propose(deploy('2.4.0'));
    await expectRefused(status, reason, ['decide', actionId, 'approve', '--yes', '--key', await key()]);
    expect((await site.countersign.action(actionId).state()).votes).toEqual([]);
  });

  test('refuses a decision on an action that nobody proposed, or that is decided', async () => {
    const key = await keyFile('grace');
    await expectRefused(1, /action\/nothing is not known/, [
      'decide',
      'nothing',
      'approve',
      '--yes',
      '--key',
      key,
    ]);
    const { actionId } = await json(['propose', '--file', '-', '--wait'], JSON.stringify(proposal()));
    const late = ['decide', actionId, 'approve', '--yes', '--key', key];
    await expectRefused(1, /nothing is waiting for a decision/, late);
  });

  test('signs a review', async () => {
    const { actionId } = await json(['propose', '--file', '-', '--wait'], JSON.stringify(proposal()));
    const id = `review/${actionId}`;
    expect(await answer(['show', id])).toMatch(
      /^review of: flush the cache of catalog\n.*\nwaiting for 1 of catalog-team/,
    );
    expect(await json(['decide', id, 'approve', '--yes', '--key', await keyFile('mei')])).toMatchObject({
      missing: 0,
    });
    expect(await json(['show', id])).toMatchObject({ review: { result: { kind: 'agreed', by: ['mei'] } } });
  });
});

describe('show and list', () => {
  test('show says where an action stands, and answers the three questions', async () => {
    const { actionId } = await propose(deploy('2.4.0'));
    const text = await answer(['show', actionId]);
    expect(text).toMatch(
      /^deploy 2\.4\.0 to checkout in production \(tier 3\)\nwaiting for 1 of checkout-team or sre-on-call/,
    );
    for (const question of [
      'Who approved the authority?',
      'What limited it?',
      'How was the decision reached?',
    ])
      expect(text).toContain(question);
    expect(await json(['show', actionId])).toMatchObject({ state: { status: 'waiting' }, explanation: {} });
    await expectRefused(1, /action\/nothing is not known/, ['show', 'nothing']);
  });

  test('list finds actions by status and target, newest first', async () => {
    const ids = [await propose(deploy('2.4.0')), await propose(deploy('2.4.0'))].map(
      ({ actionId }) => actionId,
    );
    await vi.waitFor(async () => {
      const listed = await json(['list', '--status', 'waiting', '--target', 'checkout']);
      expect(listed.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(ids));
    }, PATIENCE);
    const [newest] = await json(['list', '--status', 'waiting', '--target', 'checkout', '--limit', '1']);
    expect(newest).toMatchObject({ id: ids[1], tier: '3', status: 'waiting', outcome: '' });
    expect(await answer(['list', '--target', 'payments'])).toBe('Nothing to list.\n');
    await expectRefused(2, /whole number/, ['list', '--limit', 'many']);
  });
});

describe('every command', () => {
  test('says what its exit statuses mean', async () => {
    expect(await answer(['--help'])).toContain(
      'Exit status: 0 done, 1 refused or ended otherwise, 2 wrong use, 3 Temporal cannot be reached.',
    );
  });

  test.each([
    ['an unknown command', ['approve'], /unknown command 'approve'/],
    ['an unknown option', ['list', '--everything'], /unknown option '--everything'/],
    ['a missing option', ['propose'], /required option '--file <file>' not specified/],
    ['an unknown verdict', ['decide', 'some', 'perhaps'], /Allowed choices are approve, deny/],
  ])('refuses %s with status 2', (_, args, reason) => expectRefused(2, reason, args));

  test('has status 3 when Temporal cannot be reached', async () => {
    const [port] = await freePorts(1);
    const { status, stderr } = await countersign(['list', '--json', '--address', `127.0.0.1:${port}`]);
    expect(status).toBe(3);
    expect(JSON.parse(stderr).message).toContain(`No Temporal server answers at 127.0.0.1:${port}`);
  });

  test('names a namespace that is not there', () =>
    expectRefused(1, /Namespace not found: 'nowhere'/, ['list', '--namespace', 'nowhere']));
});

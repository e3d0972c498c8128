import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { keyedInstallation } from '../../examples/storefront/keyed-installation.ts';
import { freePorts } from '../../src/dev/ports.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';
import { asProcess, Cli } from './cli.ts';
import { run } from './command.ts';
import { editFile, requireBuild } from './support.ts';

/** The first byte of a TLS connection (RFC 8446, section 5.1), and of HTTP/2 without TLS (RFC 9113, section 3.4). */
const TLS_HANDSHAKE = 0x16;
const HTTP2_PREFACE = 'P'.charCodeAt(0);

let folder: string;
let installation: string;
const env = () => ({
  ...STOREFRONT_ENV,
  TEMPORAL_ADDRESS: inject('temporalAddress'),
  COUNTERSIGN_INSTALLATION: installation,
});
const cli = new Cli(env);

beforeAll(async () => {
  await requireBuild();
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
  ({ folder: installation } = await keyedInstallation(join(folder, 'installation')));
  return () => rm(folder, { recursive: true });
});

describe('a process of its own', () => {
  const own = new Cli(env, asProcess);

  test('checks an installation, and makes a key for it', async () => {
    expect(await own.json(['check'])).toMatchObject({ ok: true });
    const file = join(folder, 'process.json');
    expect(await own.answer(['keys', 'grace', '--out', file])).toContain(`Private key: ${file}`);
    await own.expectRefused(2, /process\.json/, ['keys', 'grace', '--out', file]);
  });

  test('whose reader has read enough ends without an error: `countersign --help | head`', async () => {
    const { child, ended } = run('cli/main.js', ['--help'], {});
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('keys', () => {
  test('makes a key that only its owner can read, and says what to enter in the catalog', async () => {
    const file = join(folder, 'new.json');
    const { publicKey, privateKeyFile } = await cli.json(['keys', 'grace', '--out', file]);
    expect(privateKeyFile).toBe(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      person: 'grace',
      jwk: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
    });
  });

  test('enters it in the catalog itself, and the installation stays sound', async () => {
    const catalog = join(installation, 'catalog', 'people.yaml');
    const text = await cli.answer([
      'keys',
      'jonas',
      '--out',
      join(folder, 'jonas.json'),
      '--catalog',
      catalog,
    ]);
    expect(text).toContain(`Public key entered in ${catalog}`);
    expect(text).toContain('Workers read the folder when they start: restart them.');
    expect(await cli.json(['check', installation])).toMatchObject({ ok: true });
  });

  test('overwrites no key', async () => {
    const file = join(folder, 'kept.json');
    await cli.answer(['keys', 'grace', '--out', file]);
    const kept = await readFile(file, 'utf8');
    await cli.expectRefused(2, /kept\.json/, ['keys', 'grace', '--out', file]);
    expect(await readFile(file, 'utf8')).toBe(kept);
  });

  test.each([
    ['for a person and a gateway in one', ['grace', '--gateway'], /a gateway's key has no name/],
    ['for a gateway in a catalog', ['--gateway', '--catalog', 'people.yaml'], /is in no catalog/],
    ['for nobody', [], /name the person or the agent/],
    ['for a person in place of a gateway', ['grace', '--replaces', 'old.json'], /goes with --gateway/],
  ])('makes none %s', async (_, args, reason) => {
    const out = join(folder, 'none.json');
    await cli.expectRefused(2, reason, ['keys', ...args, '--out', out]);
    await expect(stat(out)).rejects.toThrow('ENOENT');
  });

  test.each([
    [
      'for somebody who is not in the catalog',
      'nobody',
      'people.yaml',
      /people\.yaml: .*no User and no agent named nobody/,
    ],
    ['for a catalog that is not there', 'grace', 'absent.yaml', /absent\.yaml: ENOENT/],
  ])('makes none %s', async (_, person, catalog, reason) => {
    const out = join(folder, `${person}-${catalog}.json`);
    await cli.expectRefused(2, reason, [
      'keys',
      person,
      '--out',
      out,
      '--catalog',
      join(installation, 'catalog', catalog),
    ]);
    await expect(stat(out)).rejects.toThrow('ENOENT');
  });
});

describe('check', () => {
  test('says what a sound installation has', async () => {
    expect(await cli.answer(['check', installation])).toMatch(
      /is sound: 6 action types, 4 services, 10 people/,
    );
    expect(await cli.json(['check'])).toMatchObject({ ok: true, actionTypes: 6, services: 4, people: 10 });
  });

  test('says for each route how long silence lasts at the worst, and what is of no use yet', async () => {
    const lines = (await cli.answer(['check', installation])).trimEnd().split('\n').slice(1);
    expect(lines).toEqual([
      'Route window: owners by mail (5 minutes). In silence, after 7 minutes at most, it proceeds if on-call could be paged and the watched metrics are healthy.',
      'Route approval: owners by mail (15 minutes), then on-call by page (30 minutes). In silence, after 45 minutes at most, it expires.',
      expect.stringMatching(/^Note: countersign\.yaml:\d+:\d+: approvals\.0: applies to nothing yet/),
      expect.stringMatching(/^Note: countersign\.yaml:\d+:\d+: approvals\.1: applies to nothing yet/),
    ]);
    expect(await cli.json(['check'])).toMatchObject({
      routes: [
        { name: 'window', worstCaseMs: 420_000, onSilence: 'proceed' },
        { name: 'approval', worstCaseMs: 2_700_000, onSilence: 'deny' },
      ],
      notes: [{ file: 'countersign.yaml' }, { file: 'countersign.yaml' }],
    });
  });

  test('names every fault with its file and line, and has status 1', async () => {
    const { folder: faulty } = await keyedInstallation(join(folder, 'faulty'));
    await editFile(join(faulty, 'actions/version-deploy.yaml'), (text) => text.replace('{ 1: 3', '{ 1: 9'));
    await editFile(join(faulty, 'countersign.yaml'), (text) => text.replace('sre-on-call', 'nobody'));
    const { status, stdout, stderr } = await cli.run(['check', faulty]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(/^actions\/version-deploy\.yaml:12:1: tier: must be/m);
    expect(stdout).toMatch(/^countersign\.yaml:10:1: onCall: group:nobody is not in the catalog/m);
    expect(stdout).toMatch(/^2 faults in /m);

    const asJson = await cli.run(['check', faulty, '--json']);
    expect(asJson.status).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      ok: false,
      faults: [
        { file: 'actions/version-deploy.yaml', line: 12, column: 1 },
        { file: 'countersign.yaml', line: 10, column: 1 },
      ],
    });
  });
});

describe('check of policies', () => {
  test('notes, by name, one that changes nothing, and the installation stays sound', async () => {
    const { folder: idle } = await keyedInstallation(join(folder, 'idle'));
    await editFile(join(idle, 'policies/services.cedar'), (text) =>
      text.replace('context.riskScore >= 60', 'false'),
    );
    const { status, stdout } = await cli.run(['check', idle]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Note: policies\/services\.cedar:9:1: can never count/m);
    expect(stdout).toMatch(/^Note: .*tier-1-services-risk-with-people never counts/m);
    expect(stdout).toMatch(/is sound: .* 15 policies\.$/m);
    expect(await cli.json(['check', idle])).toMatchObject({
      ok: true,
      ownPolicies: true,
      notes: [{ file: 'countersign.yaml' }, { file: 'countersign.yaml' }, { line: 9 }, { line: 9 }],
    });
  });

  test('notes no policy of the example, nor one of the set that ships', async () => {
    const { folder: plain } = await keyedInstallation(join(folder, 'plain'));
    const approvals = [{ file: 'countersign.yaml' }, { file: 'countersign.yaml' }];
    expect(await cli.json(['check', plain])).toMatchObject({ ok: true, policies: 15, notes: approvals });
    await rm(join(plain, 'policies'), { recursive: true });
    expect(await cli.json(['check', plain])).toMatchObject({
      ok: true,
      ownPolicies: false,
      notes: approvals,
    });
    expect(await cli.answer(['check', plain])).toMatch(
      /17 policies \(those that ship with Countersign\)\.$/m,
    );
  });
});

describe('every command', () => {
  const cli = new Cli(env, asProcess);

  test('says which version it is', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(await cli.answer(['--version'])).toBe(`${version}\n`);
  });

  test('says what its exit statuses mean', async () => {
    expect(await cli.answer(['--help'])).toContain(
      'Exit status: 0 done, 1 refused or ended otherwise, 2 wrong use, 3 Temporal or the database cannot be reached, 4 a candidate is looser, or a build of an agent is worse, 5 whether it is looser or worse is not known.',
    );
  });

  test.each([
    ['an unknown command', ['approve'], /unknown command 'approve'/],
    ['an unknown option', ['list', '--everything'], /unknown option '--everything'/],
    ['a missing option', ['propose'], /required option '--file <file>' not specified/],
    ['an unknown verdict', ['decide', 'some', 'perhaps'], /Allowed choices are approve, deny/],
  ])('refuses %s with status 2', (_, args, reason) => cli.expectRefused(2, reason, args));

  test('says in text what it says in JSON', async () => {
    const args = ['propose', '--file', join(folder, 'absent.json')];
    const [text, json] = await Promise.all([cli.run(args), cli.run([...args, '--json'])]);
    expect(text.stderr).toMatch(/absent\.json cannot be read/);
    expect(JSON.parse(json.stderr)).toEqual({ error: 'CommandError', message: text.stderr.trimEnd() });
  });

  test.each([
    ['list', /--json .*--address <host:port>/s],
    ['hold lift', /--json .*--address <host:port>/s],
  ])('%s tells in its help what goes with every command', async (command, globals) => {
    const help = await cli.answer([...command.split(' '), '--help']);
    expect(help).toMatch(globals);
    expect(help).not.toContain('(default: "")');
  });

  test('has status 3, and soon, when nothing listens where Temporal should be', async () => {
    const [port] = await freePorts(1);
    const begun = performance.now();
    const { status, stderr } = await cli.run(['list', '--json', '--address', `127.0.0.1:${port}`]);
    expect(status).toBe(3);
    // The SDK alone would try for 10 s.
    expect(performance.now() - begun).toBeLessThan(8_000);
    expect(JSON.parse(stderr)).toEqual({
      error: 'TemporalUnreachable',
      message: expect.stringContaining(`No Temporal server answers at 127.0.0.1:${port}`),
    });
  });

  test('refuses a faulty proposal where Temporal cannot be reached, too', async () => {
    const [port] = await freePorts(1);
    const args = ['propose', '--file', '-', '--address', `127.0.0.1:${port}`];
    await cli.expectRefused(1, /target: is missing/, args, '{"actionType":"cache.flush"}');
  });

  test.each<[string, Record<string, string>, number]>([
    ['over TLS with TEMPORAL_API_KEY', { TEMPORAL_API_KEY: 'key' }, TLS_HANDSHAKE],
    ['in plain text without', {}, HTTP2_PREFACE],
    [
      'in plain text with TEMPORAL_TLS=false',
      { TEMPORAL_API_KEY: 'key', TEMPORAL_TLS: 'false' },
      HTTP2_PREFACE,
    ],
  ])('speaks to Temporal %s', async (_, reached, begins) => {
    const [port] = await freePorts(1);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const { child, ended } = run('cli/main.js', ['list', '--address', `127.0.0.1:${port}`], reached);
    const sockets: Socket[] = [];
    try {
      // Whether anything listens is found out by a connection of its own.
      const first = await new Promise<Buffer>((resolve) => {
        server.on('connection', (socket) => {
          sockets.push(socket);
          socket.on('error', () => undefined).once('data', resolve);
        });
      });
      expect(first[0]).toBe(begins);
    } finally {
      child.kill();
      await ended;
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  test('names a setting of Temporal that is wrong', async () => {
    const { status, stderr } = await run('cli/main.js', ['list'], { TEMPORAL_TLS: 'no' }).ended;
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/must be true or false.*TEMPORAL_TLS/s),
    });
  });

  test('names a namespace that is not there', () =>
    cli.expectRefused(1, /Namespace not found: 'nowhere'/, ['list', '--namespace', 'nowhere']));
});

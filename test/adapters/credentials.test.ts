import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type CredentialProof, createCredentials } from '../../src/adapters/credentials.ts';
import type { Auth } from '../../src/config/index.ts';

const TIME = 3_000;

async function fileWith(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'token');
  await writeFile(file, text);
  return file;
}

const proofOf = (auth?: Auth, others?: readonly string[]) => createCredentials(auth, others)(TIME);

function headersIn(proof: CredentialProof) {
  if (proof.kind === 'none') throw new Error(proof.reason);
  return proof.headers;
}

const shell = (script: string, environment: readonly string[] = []): Auth => ({
  bearer: { command: ['/bin/sh', '-c', script], environment },
});

afterEach(() => void vi.unstubAllEnvs());

describe('what proves who asks', () => {
  it.each<[string, Auth | undefined, object]>([
    ['nothing', undefined, {}],
    ['a bearer token', { bearer: 't0ken' }, { authorization: 'Bearer t0ken' }],
    [
      'a user with a password (RFC 7617), in UTF-8',
      { basic: { user: 'countersign', password: 'pä:ss' } },
      { authorization: `Basic ${Buffer.from('countersign:pä:ss').toString('base64')}` },
    ],
    [
      'headers of other names',
      { headers: { 'X-Scope-OrgID': 'shop', 'X-API-Key': 'k3y' } },
      { 'X-Scope-OrgID': 'shop', 'X-API-Key': 'k3y' },
    ],
    [
      'a token and a header',
      { bearer: 't0ken', headers: { 'X-Scope-OrgID': 'shop' } },
      { authorization: 'Bearer t0ken', 'X-Scope-OrgID': 'shop' },
    ],
  ])('is %s', async (_, auth, headers) => {
    expect(headersIn(await proofOf(auth))).toEqual(headers);
  });

  it.each<[string, Auth, string[]]>([
    ['a bearer token', { bearer: 't0ken-of-ours' }, ['t0ken-of-ours']],
    [
      'a password, also as the header carries it',
      { basic: { user: 'me', password: 'passw0rd' } },
      ['passw0rd', Buffer.from('me:passw0rd').toString('base64')],
    ],
    ['a header', { headers: { 'X-API-Key': 'k3y-of-ours' } }, ['k3y-of-ours']],
  ])('is hidden in what comes back: %s', async (_, auth, secrets) => {
    const proof = await proofOf(auth, ['in-the-body']);
    const text = [...secrets, 'in-the-body'].map((secret) => `<${secret}>`).join('');
    expect(proof.kind === 'headers' && proof.hide(text)).toBe('<***>'.repeat(secrets.length + 1));
  });
});

describe('a secret in a file', () => {
  it('is read each time, since it may be replaced at any time', async () => {
    const file = await fileWith('first\n');
    const prove = createCredentials({ bearer: { file } });
    expect(headersIn(await prove(TIME))).toEqual({ authorization: 'Bearer first' });
    await writeFile(file, 'second');
    expect(headersIn(await prove(TIME))).toEqual({ authorization: 'Bearer second' });
  });

  it('that is not there is named, and proves nothing', async () => {
    expect(await proofOf({ bearer: { file: '/nowhere/token' } })).toEqual({
      kind: 'none',
      reason: 'the credentials cannot be had: /nowhere/token cannot be read (ENOENT)',
    });
  });

  it.each([
    ['nothing', ' \n'],
    ['two lines', 'hunter2\nx-evil: hunter2'],
    ['what is not ASCII', 'hünter2'],
  ])('that holds %s proves nothing, and is not told', async (_, text) => {
    const file = await fileWith(text);
    expect(await proofOf({ bearer: { file } })).toEqual({
      kind: 'none',
      reason: `the credentials cannot be had: ${file} does not hold one line of printable ASCII`,
    });
  });
});

describe('a secret of a command', () => {
  it('is what it prints', async () => {
    expect(headersIn(await proofOf(shell('echo warning >&2; echo t0ken')))).toEqual({
      authorization: 'Bearer t0ken',
    });
  });

  it('is printed by a program that finds PATH and what was named, and nothing else', async () => {
    vi.stubEnv('COUNTERSIGN_DATABASE_URL', 'postgresql://countersign:hunter2@db/countersign');
    vi.stubEnv('HOME', '/h');
    const auth = shell('env | cut -d= -f1 | grep -v -e PWD -e SHLVL -e ^_ | sort | tr "\\n" .', ['HOME']);
    expect(headersIn(await proofOf(auth))).toEqual({ authorization: 'Bearer HOME.PATH.' });
  });

  it('is asked for once by all who need it within a minute, and then again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const file = await fileWith('');
      const prove = createCredentials(shell(`echo x >>${file}; echo t0ken`));
      const asked = async () => (await readFile(file, 'utf8')).length / 2;
      await Promise.all([prove(TIME), prove(TIME), prove(TIME)]);
      await prove(TIME);
      expect(await asked()).toBe(1);
      vi.setSystemTime(Date.now() + 60_000);
      await prove(TIME);
      expect(await asked()).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that fails is run again at the next request', async () => {
    const file = await fileWith('');
    const prove = createCredentials(
      shell(`echo x >>${file}; [ -s ${file}.2 ] && echo t0ken; echo y >${file}.2`),
    );
    expect(await prove(TIME)).toMatchObject({ kind: 'none' });
    expect(headersIn(await prove(TIME))).toEqual({ authorization: 'Bearer t0ken' });
  });

  it.each([
    ['fails', 'echo hunter2; echo hunter2 >&2; exit 3', 'ended with exit status 3'],
    ['ends by a signal', 'echo hunter2; kill -9 $$', 'was ended by SIGKILL'],
    ['prints two lines', 'echo hunter2; echo hunter2', 'did not print one line of printable ASCII'],
    ['takes too long', 'echo hunter2; exec sleep 20', 'was still running after 3000 ms'],
  ])('that %s proves nothing, and nothing that it wrote is told', async (_, script, why) => {
    expect(await proofOf(shell(script))).toEqual({
      kind: 'none',
      reason: `the credentials cannot be had: the command "/bin/sh" ${why}`,
    });
  });

  it('that is not there is named', async () => {
    const auth: Auth = { bearer: { command: ['no-such-program'], environment: [] } };
    expect(await proofOf(auth)).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining(
        'the command "no-such-program" was not started: it, or the interpreter',
      ),
    });
  });
});

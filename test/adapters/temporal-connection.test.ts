import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { connectionOptions } from '../../src/adapters/temporal/connection.ts';
import { temporalSettings } from '../../src/contract/settings.ts';

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connection-'));
  for (const name of ['ca', 'client', 'key']) await writeFile(file(name), `the ${name}`);
  return () => rm(folder, { recursive: true });
});

const optionsOf = (env: Readonly<Record<string, string>>) =>
  connectionOptions(z.object(temporalSettings).parse(env));

describe('how Temporal is reached', () => {
  test('is in plain text, at the address where it usually is', async () => {
    expect(await optionsOf({})).toEqual({ address: '127.0.0.1:7233', tls: false });
  });

  test('is over TLS with a token, so that nobody reads it on the way', async () => {
    expect(await optionsOf({ TEMPORAL_API_KEY: 'token' })).toMatchObject({ apiKey: 'token', tls: {} });
  });

  test.each(['false', '0'])('is in plain text with a token where TEMPORAL_TLS is %s', async (tls) => {
    const options = await optionsOf({ TEMPORAL_API_KEY: 'token', TEMPORAL_TLS: tls });
    expect(options).toEqual({ address: '127.0.0.1:7233', apiKey: 'token', tls: false });
  });

  test.each(['true', '1'])('is over TLS without a token where TEMPORAL_TLS is %s', async (tls) => {
    expect(await optionsOf({ TEMPORAL_TLS: tls })).toEqual({ address: '127.0.0.1:7233', tls: {} });
  });

  test('is with a certificate of its own, an authority and a name where they are given', async () => {
    const { tls } = await optionsOf({
      TEMPORAL_TLS_CLIENT_CERT_PATH: file('client'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: file('key'),
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca'),
      TEMPORAL_TLS_SERVER_NAME: 'temporal.internal',
    });
    expect(tls).toEqual({
      clientCertPair: { crt: Buffer.from('the client'), key: Buffer.from('the key') },
      serverRootCACertificate: Buffer.from('the ca'),
      serverNameOverride: 'temporal.internal',
    });
  });

  test.each([
    ['a word that is neither true nor false', { TEMPORAL_TLS: 'no' }, /must be true or false/],
    ['an empty token', { TEMPORAL_API_KEY: '' }, /must not be empty/],
    [
      'a certificate without its key',
      { TEMPORAL_TLS_CLIENT_CERT_PATH: 'a' },
      /_CERT_PATH and .*_KEY_PATH go/,
    ],
    ['a key without its certificate', { TEMPORAL_TLS_CLIENT_KEY_PATH: 'a' }, /_CERT_PATH and .*_KEY_PATH go/],
    [
      'a file that is not there',
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere/ca' },
      /_CA_CERT_PATH.*ENOENT/,
    ],
  ])('is not guessed at from %s', async (_, env, fault) => {
    await expect(async () => optionsOf(env)).rejects.toThrow(fault);
  });
});

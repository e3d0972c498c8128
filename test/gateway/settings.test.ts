import { describe, expect, test } from 'vitest';
import { isLoopback } from '../../src/domain/approval/signing-gateway.ts';
import { originOf, readSettings } from '../../src/gateway/settings.ts';

const ENV = {
  COUNTERSIGN_INSTALLATION: '/etc/countersign',
  COUNTERSIGN_DATABASE_URL: 'postgres://x@db/countersign',
  COUNTERSIGN_GATEWAY_KEY: '/etc/key.json',
};
const PUBLIC = { url: 'https://approvals.example.com', keys: ['new', 'old'] };
const LOCAL = { url: 'http://localhost:8080', keys: ['new'] };
const SERVED = { key: 'old', address: '0.0.0.0:8080', devSignIn: false, provider: true };
const ON_THIS_MACHINE = { key: 'new', address: '127.0.0.1:8080', devSignIn: true, provider: false };

describe('a gateway starts', () => {
  test.each([
    [
      'at a public address, with any of the keys that are named',
      PUBLIC,
      SERVED,
      'https://approvals.example.com',
    ],
    ['on this machine, with the development sign-in', LOCAL, ON_THIS_MACHINE, 'http://localhost:8080'],
  ])('%s', (_what, gateway, served, origin) => {
    expect(originOf(gateway, served)).toBe(origin);
  });
});

describe('a gateway does not start', () => {
  test.each([
    ['that countersign.yaml does not name', undefined, SERVED, 'names no gateway'],
    [
      'whose key nobody would believe',
      PUBLIC,
      { ...SERVED, key: 'other' },
      'lacks the public key of this gateway: add other',
    ],
    ['below a path', { ...PUBLIC, url: 'https://example.com/approvals' }, SERVED, 'without a path'],
    [
      'to which passwords would go in the clear',
      { ...PUBLIC, url: 'http://approvals.example.com' },
      SERVED,
      'over https alone',
    ],
    ['at which nobody could sign in', PUBLIC, { ...SERVED, provider: false }, 'nobody could sign in'],
    [
      'that others reach and anybody could sign in at',
      LOCAL,
      { ...ON_THIS_MACHINE, address: '0.0.0.0:8080' },
      'anybody be anybody',
    ],
    [
      'with a public name and the development sign-in',
      PUBLIC,
      { ...ON_THIS_MACHINE, key: 'old' },
      'anybody be anybody',
    ],
    [
      'behind a name that only begins like this machine',
      { ...LOCAL, url: 'https://localhost.example.com' },
      ON_THIS_MACHINE,
      'anybody be anybody',
    ],
  ])('%s', (_what, gateway, served, why) => {
    expect(() => originOf(gateway, served)).toThrow(why);
  });
});

test.each([
  ...([
    ['127.0.0.1', true],
    ['127.8.0.1', true],
    ['localhost', true],
    ['::1', true],
    ['[::1]', true],
  ] as const),
  ...([
    ['0.0.0.0', false],
    ['128.0.0.1', false],
    ['127.0.0.1.example.com', false],
    ['localhost.example.com', false],
  ] as const),
])('%s is of this machine: %s', (hostname, local) => {
  expect(isLoopback(hostname)).toBe(local);
});

describe('settings', () => {
  test('have the defaults that are documented', () => {
    expect(readSettings(ENV)).toMatchObject({
      COUNTERSIGN_GATEWAY_ADDRESS: '127.0.0.1:8080',
      COUNTERSIGN_SESSION_IDLE: 30 * 60_000,
      COUNTERSIGN_SESSION_MAX: 12 * 3_600_000,
    });
  });

  test('that are wrong are all named at once', () => {
    const wrong = {
      COUNTERSIGN_SESSION_IDLE: '1 hour',
      COUNTERSIGN_OIDC_ISSUER: 'https://id.example',
      COUNTERSIGN_METRICS_TOKEN: 'short',
    };
    const names = ['COUNTERSIGN_GATEWAY_KEY', 'COUNTERSIGN_SESSION_IDLE', 'COUNTERSIGN_METRICS_TOKEN'];
    const { COUNTERSIGN_GATEWAY_KEY: _, ...env } = ENV;
    for (const name of names) expect(() => readSettings({ ...env, ...wrong })).toThrow(name);
    expect(() => readSettings({ ...ENV, COUNTERSIGN_OIDC_ISSUER: 'https://id.example' })).toThrow(
      'go together',
    );
  });

  test('hold no password in the address of the provider, which errors name', () => {
    const provider = {
      COUNTERSIGN_OIDC_ISSUER: 'https://me:hunter2@id.example',
      COUNTERSIGN_OIDC_CLIENT_ID: 'countersign',
      COUNTERSIGN_OIDC_CLIENT_SECRET: 'secret',
    };
    const read = () => readSettings({ ...ENV, ...provider });
    expect(read).toThrow('must not hold a user name or a password');
    expect(read).not.toThrow('hunter2');
  });
});

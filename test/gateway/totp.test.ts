import { randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { describe, expect, test } from 'vitest';
import { decrypt, newTotp, type Tried, tryCode } from '../../src/gateway/auth/totp.ts';
import type { Totp } from '../../src/gateway/ports/factors.ts';

const KEY = randomBytes(32);
const { totp: NEW, secret: SECRET } = newTotp('ada', KEY, 'localhost');
const NOW = Date.UTC(2026, 2, 14, 15, 0, 10);
const CONFIRMED: Totp = { ...NEW, confirmedAt: NOW - 1_000_000 };
const STEP = 30_000;

const codeAt = (ms: number) => generateSync({ secret: SECRET, epoch: Math.floor(ms / 1_000) });
const attempt = (totp: Totp | undefined, code: string, now = NOW) =>
  tryCode(totp, SECRET, code, now, 'confirmed');
const WRONG = codeAt(NOW + 3_600_000);

describe('a code', () => {
  test.each([
    ['of now', 0, 'right'],
    ['of the step before', -STEP, 'right'],
    ['of the step after', STEP, 'right'],
    ['of two steps before', -2 * STEP, 'wrong'],
    ['of two steps after', 2 * STEP, 'wrong'],
  ] as const)('%s is %s', (_what, off, kind) => {
    expect(attempt(CONFIRMED, codeAt(NOW + off)).result).toEqual({ kind });
  });

  test.each(['', 'abcdef', '12345', '1234567', '１２３４５６'])('that is "%s" is wrong', (code) => {
    expect(attempt(CONFIRMED, code).result).toEqual({ kind: 'wrong' });
  });

  test('may be typed with a blank in it, as apps show it', () => {
    const code = codeAt(NOW);
    expect(attempt(CONFIRMED, `${code.slice(0, 3)} ${code.slice(3)}`).result).toEqual({ kind: 'right' });
  });

  test('is taken once, and none before it either', () => {
    const { totp } = attempt(CONFIRMED, codeAt(NOW));
    expect(attempt(totp, codeAt(NOW), NOW + 5_000).result).toEqual({ kind: 'wrong' });
    expect(attempt(totp, codeAt(NOW - STEP), NOW + 5_000).result).toEqual({ kind: 'wrong' });
    expect(attempt(totp, codeAt(NOW + STEP), NOW + STEP).result).toEqual({ kind: 'right' });
  });

  test('of an app that was never confirmed proves nothing, and its first one confirms it', () => {
    expect(attempt(NEW, codeAt(NOW)).result).toEqual({ kind: 'none' });
    expect(tryCode(NEW, SECRET, codeAt(NOW), NOW, 'unconfirmed').totp?.confirmedAt).toBe(NOW);
    expect(tryCode(CONFIRMED, SECRET, codeAt(NOW), NOW, 'unconfirmed').result).toEqual({ kind: 'none' });
    expect(attempt(undefined, codeAt(NOW)).result).toEqual({ kind: 'none' });
  });
});

/** The answers to so many wrong codes in a row, each tried once it is looked at again, and when that is. */
function wrongCodes(count: number) {
  let totp: Totp = CONFIRMED;
  let now = NOW;
  const answers: Tried[] = [];
  for (let i = 0; i < count; i += 1) {
    now = Math.max(now, totp.lockedUntil);
    const tried = attempt(totp, WRONG, now);
    totp = tried.totp ?? totp;
    answers.push(tried.result);
  }
  return { totp, answers, now };
}

describe('wrong codes', () => {
  test('are let pass four times; the fifth locks', () => {
    expect(wrongCodes(5).answers.map(({ kind }) => kind)).toEqual([
      'wrong',
      'wrong',
      'wrong',
      'wrong',
      'locked',
    ]);
  });

  test('lock out the right one too, until the wait is over', () => {
    const { totp, now } = wrongCodes(5);
    expect(totp.lockedUntil).toBe(now + 30_000);
    const locked = attempt(totp, codeAt(totp.lockedUntil - 1), totp.lockedUntil - 1);
    expect(locked).toEqual({ result: { kind: 'locked', until: totp.lockedUntil } });
    expect(attempt(totp, codeAt(totp.lockedUntil), totp.lockedUntil).result).toEqual({ kind: 'right' });
  });

  test('wait twice as long after each further one, a day at most', () => {
    const waits = [5, 6, 7, 8, 30].map((count) => {
      const { totp, now } = wrongCodes(count);
      return (totp.lockedUntil - now) / 1_000;
    });
    expect(waits).toEqual([30, 60, 120, 240, 86_400]);
  });

  test('are forgotten after a right one', () => {
    const { totp } = attempt(wrongCodes(4).totp, codeAt(NOW));
    expect(totp).toMatchObject({ failures: 0, lockedUntil: 0 });
  });
});

describe('wrong codes of other sessions', () => {
  const others = (failures: number) => ({ failures, until: NOW + 3_600_000 });

  test.each([
    [49, 0, 'right'],
    [50, 0, 'locked'],
    [46, 4, 'locked'],
  ] as const)(
    '%i of them and %i of its own, and a session that never showed a right one is %s',
    (other, own, kind) => {
      const totp = { ...CONFIRMED, failures: own, others: others(other) };
      expect(attempt(totp, codeAt(NOW)).result.kind).toBe(kind);
    },
  );

  test('lock no session that showed a right one before', () => {
    const { totp } = attempt(CONFIRMED, codeAt(NOW));
    if (!totp) throw new Error('it is taken');
    const later = NOW + STEP;
    expect(attempt({ ...totp, others: others(1_000) }, codeAt(later), later).result.kind).toBe('right');
  });
});

describe('a secret', () => {
  test('is kept encrypted, for one person alone', () => {
    expect(NEW.secret).not.toContain(SECRET);
    expect(decrypt(NEW.secret, 'ada', KEY)).toBe(SECRET);
    expect(() => decrypt(NEW.secret, 'grace', KEY)).toThrow();
    expect(() => decrypt(NEW.secret, 'ada', randomBytes(32))).toThrow();
  });

  test('has 160 bits, as RFC 4226 wants it, and another value each time', () => {
    expect(SECRET).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotp('ada', KEY, 'localhost').secret).not.toBe(SECRET);
  });
});

test.each([
  ['localhost:8234', 'Countersign localhost 8234'],
  ['[::1]:8234', 'Countersign 1 8234'],
  ['approvals.example.com', 'Countersign approvals.example.com'],
])('the address that an app reads names %s without a second colon: some apps refuse one', (host, issuer) => {
  const { uri } = newTotp('ada', KEY, host);
  const { pathname, searchParams } = new URL(uri);
  expect(searchParams.get('issuer')).toBe(issuer);
  expect(decodeURIComponent(pathname).split(':')).toEqual([
    expect.stringMatching(new RegExp(`${issuer}$`)),
    'ada',
  ]);
});

import { createHmac, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign, calculateJwkThumbprint, importJWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { keyId, openJws, peekJws } from '../../../src/domain/shared/jws.ts';
import { testInstallation } from '../../support/installation.ts';
import { jwsOf } from '../support.ts';

const { ada, grace } = testInstallation().keys;
if (!ada || !grace) throw new Error('ada and grace have keys');

const PAYLOAD = { person: 'ada', verdict: 'approve', reason: 'é 😀' };
const token = jwsOf(ada, PAYLOAD);
const [header = '', payload = '', signature = ''] = token.split('.');
const parts = [header, payload, signature];
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The text itself, signed by ada. */
function signedText(said: string): string {
  if (!ada) throw new Error('ada has a key');
  const signed = `${header}.${encoded(said)}`;
  const privateKey = createPrivateKey({ key: { ...ada.privateJwk }, format: 'jwk' });
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

const encoded = (text: string | Uint8Array) => Buffer.from(text).toString('base64url');
const withHeader = (members: object) => jwsOf(ada, PAYLOAD, members);
function expectRefused(text: string, keys: readonly string[] = [ada?.x ?? '']): string {
  const opened = openJws(text, keys);
  expect(opened.kind).toBe('refused');
  return opened.kind === 'refused' ? opened.reason : '';
}

describe('a signed token is opened', () => {
  const opened = { kind: 'verified', payload: PAYLOAD, keyId: keyId(ada.x) };

  test('when node:crypto signed it', () => {
    expect(openJws(token, [ada.x])).toEqual(opened);
  });

  test('when jose signed it', async () => {
    const signed = await new CompactSign(Buffer.from(JSON.stringify(PAYLOAD)))
      .setProtectedHeader({ alg: 'EdDSA', kid: await calculateJwkThumbprint(ada.privateJwk) })
      .sign(await importJWK(ada.privateJwk, 'EdDSA'));
    expect(openJws(signed, [ada.x])).toEqual(opened);
  });

  test('with whichever of the keys it names', () => {
    expect(openJws(token, [grace.x, ada.x])).toEqual(opened);
    expect(openJws(jwsOf(grace, PAYLOAD), [grace.x, ada.x])).toMatchObject({ keyId: keyId(grace.x) });
  });

  test('and a key id is the JWK thumbprint of RFC 7638', async () => {
    expect(keyId(ada.x)).toBe(await calculateJwkThumbprint(ada.privateJwk));
    // The example of RFC 8037, appendix A.3.
    expect(keyId('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo')).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });

  test('and the example of RFC 8037, appendix A.4, is signed as node:crypto sees it', () => {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: ada.x }, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify(null, signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
  });
});

describe('INVARIANT 3: a token that is not exactly what was signed is refused', () => {
  test.each([
    ['a member twice', '{"verdict":"deny","verdict":"approve"}', 'verdict: is written twice'],
    [
      'a number that is read as another one',
      '{"params":{"n":9007199254740993}}',
      'params.n: 9007199254740993 ',
    ],
  ])('with %s, although it is signed', (_, said, reason) => {
    expect(expectRefused(signedText(said))).toContain(
      `what it says would be read as something else: ${reason}`,
    );
  });

  test('INVARIANT 3: with any single character changed', () => {
    for (let at = 0; at < token.length; at += 1) {
      const old = token.charAt(at);
      const other = BASE64URL.charAt((BASE64URL.indexOf(old) + 1) % BASE64URL.length);
      expectRefused(`${token.slice(0, at)}${other}${token.slice(at + 1)}`);
    }
  });

  test('INVARIANT 3: with any byte put in the place of any other', () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.integer({ min: 0, max: 255 }), (at, code) => {
        fc.pre(code !== token.charCodeAt(at));
        expectRefused(`${token.slice(0, at)}${String.fromCharCode(code)}${token.slice(at + 1)}`);
      }),
      { numRuns: 1_000 },
    );
  });

  test('INVARIANT 3: with any single bit flipped of what a part stands for', () => {
    for (const [i, part] of parts.entries())
      for (const bytes of flipsOf(Buffer.from(part, 'base64url')))
        expectRefused(parts.with(i, encoded(bytes)).join('.'));
  });

  test('INVARIANT 3: cut off at any place, at either end of it or of a part', () => {
    for (const text of cutsOf(token)) expectRefused(text);
    for (const [i, part] of parts.entries())
      for (const text of cutsOf(part)) expectRefused(parts.with(i, text).join('.'));
  });

  test('INVARIANT 3: with the last character of each part written another way for the same bytes', () => {
    const twins = parts.flatMap((part, i) =>
      [...BASE64URL]
        .map((last) => parts.with(i, `${part.slice(0, -1)}${last}`).join('.'))
        .filter((twin) => twin !== token && sameBytes(twin)),
    );
    expect(twins.length).toBeGreaterThan(0);
    for (const twin of twins) expectRefused(twin);
  });

  test.each([
    ['cut short', token.slice(0, -1)],
    ['without a signature', `${header}.${payload}.`],
    ['without a signature part', `${header}.${payload}`],
    ['without a header', `.${payload}.${signature}`],
    ['without a payload', `${header}..${signature}`],
    ['with a fourth segment', `${token}.${signature}`],
    ['with an empty fourth segment', `${token}.`],
    ['with padding', `${token}==`],
    ['with padding inside', `${header}=.${payload}.${signature}`],
    ['with trailing garbage', `${token}!`],
    ['with a trailing line break', `${token}\n`],
    ['with a leading blank', ` ${token}`],
    ['with base64 of the other alphabet', token.replaceAll('-', '+').replaceAll('_', '/').concat('+/')],
    ['with parts swapped', `${payload}.${header}.${signature}`],
    ['with the signature of another payload', `${header}.${payload}.${jwsOf(ada, {}).split('.')[2]}`],
    ['with a signature of zeros', `${header}.${payload}.${encoded(new Uint8Array(64))}`],
    [
      'with a signature of 63 bytes',
      `${header}.${payload}.${encoded(Buffer.from(signature, 'base64url').subarray(1))}`,
    ],
    [
      'with a signature of 65 bytes',
      `${header}.${payload}.${encoded(Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.of(0)]))}`,
    ],
    ['that is empty', ''],
    ['of dots', '..'],
    ['in JSON serialization', JSON.stringify({ protected: header, payload, signature })],
  ])('INVARIANT 3: %s', (_, bent) => {
    expectRefused(bent);
  });
});

describe('INVARIANT 3: only EdDSA by a registered key is taken', () => {
  const algorithms = ['none', 'None', '', 'HS256', 'ES256', 'RS256', 'Ed25519', 'eddsa', 'EdDSA ', null, 1];
  test.each([...algorithms, { EdDSA: 1 }])(
    'INVARIANT 3: the algorithm %j is refused, even with a good signature',
    (alg) => {
      expectRefused(withHeader({ alg, kid: keyId(ada.x) }));
      expectRefused(withHeader({ alg: [alg], kid: keyId(ada.x) }));
    },
  );

  test('INVARIANT 3: an unsigned token that says so is refused', () => {
    expectRefused(`${encoded(JSON.stringify({ alg: 'none', kid: keyId(ada.x) }))}.${payload}.`);
  });

  test('INVARIANT 3: an HMAC made with the public key as its secret is refused', () => {
    const hs256 = encoded(JSON.stringify({ alg: 'HS256', kid: keyId(ada.x) }));
    for (const secret of [ada.x, Buffer.from(ada.x, 'base64url')]) {
      const mac = createHmac('sha256', secret).update(`${hs256}.${payload}`).digest('base64url');
      expectRefused(`${hs256}.${payload}.${mac}`);
    }
  });

  test('INVARIANT 3: another key under the name of a registered one is refused', () => {
    expect(expectRefused(jwsOf(grace, PAYLOAD, { alg: 'EdDSA', kid: keyId(ada.x) }))).toBe(
      'its signature does not verify',
    );
  });

  test.each([
    ['of somebody else', keyId(grace.x)],
    ['that is the key itself', ada.x],
    ['that is missing', undefined],
    ['that is null', null],
    ['that is a list', [keyId(ada.x)]],
    ['that objects inherit', '__proto__'],
  ])('INVARIANT 3: a key id %s is refused', (_, kid) => {
    expect(expectRefused(withHeader({ alg: 'EdDSA', kid }))).toBe(
      'it names a signing key that is not registered for this person',
    );
  });

  test('INVARIANT 3: a key that the token brings along is not used', () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: grace.x };
    expectRefused(jwsOf(grace, PAYLOAD, { alg: 'EdDSA', kid: keyId(grace.x), jwk }));
  });

  test('INVARIANT 3: nobody has registered a key', () => {
    expectRefused(token, []);
  });

  test('INVARIANT 3: a key of small order, for which anybody can sign, is refused', () => {
    const x = encoded(Buffer.of(1, ...new Uint8Array(31)));
    const [smallHeader, smallPayload] = jwsOf(ada, PAYLOAD, { alg: 'EdDSA', kid: keyId(x) }).split('.');
    const forged = encoded(Buffer.of(1, ...new Uint8Array(63)));
    expectRefused(`${smallHeader}.${smallPayload}.${forged}`, [x]);
  });

  test.each([
    ['crit', { crit: ['exp'] }],
    ['an empty crit', { crit: [] }],
    ['b64', { b64: false, crit: ['b64'] }],
    ['b64 that is true', { b64: true }],
  ])('INVARIANT 3: a token that asks for %s is refused', (_, extension) => {
    expect(expectRefused(withHeader({ alg: 'EdDSA', kid: keyId(ada.x), ...extension }))).toBe(
      'it asks for a JWS extension that is not supported',
    );
  });

  test.each([null, 1, 'EdDSA', { '': { alg: 'EdDSA' } }].map((members) => [members]))(
    'INVARIANT 3: the signed header %j is refused',
    (members) => {
      expectRefused(jwsOf(ada, PAYLOAD, Object(members)));
      expectRefused(`${encoded(JSON.stringify(members))}.${payload}.${signature}`);
    },
  );
});

describe('a token is refused by what it is, never by an error', () => {
  test.each([
    [16_384, 'it is not a compact JWS'],
    [16_385, 'the token is longer than 16384 characters'],
    [100 * 1024, 'the token is longer than 16384 characters'],
  ])('%i characters', (length, reason) => {
    expect(expectRefused('x'.repeat(length))).toBe(reason);
    expect(peekJws(`.${'x'.repeat(length)}.`)).toBeUndefined();
  });

  test('a good signature does not make a long token shorter', () => {
    expectRefused(jwsOf(ada, { filler: 'x'.repeat(100 * 1024) }));
  });

  test('a payload that is signed and not JSON is refused', () => {
    const junk = encoded('{"person":');
    expectRefused(`${header}.${junk}.${signature}`);
    expect(peekJws(`${header}.${junk}.${signature}`)).toBeUndefined();
  });

  test('any text at all', () => {
    const segment = fc.oneof(
      fc.string({ unit: fc.constantFrom(...BASE64URL), maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.jsonValue().map((value) => encoded(JSON.stringify(value))),
      fc.constantFrom(header, payload, signature),
    );
    const anyToken = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(segment, { maxLength: 5 }).map((segments) => segments.join('.')),
    );
    fc.assert(
      fc.property(anyToken, (text) => {
        fc.pre(text !== token);
        expectRefused(text);
        peekJws(text);
      }),
      { numRuns: 10_000 },
    );
  });

  test('a reason never carries what a stranger wrote in the token', () => {
    const strange = 'paint the town red '.repeat(400);
    const tokens = [{ alg: strange }, { alg: { [strange]: strange } }, { alg: 'EdDSA', kid: strange }].map(
      withHeader,
    );
    for (const bent of tokens) expect(expectRefused(bent)).not.toContain('paint');
  });
});

describe('a look at the payload proves nothing', () => {
  test('it reads what the token says, whoever signed it', () => {
    expect(peekJws(jwsOf(grace, PAYLOAD))).toEqual(PAYLOAD);
    expect(peekJws(`x.${payload}.x`)).toEqual(PAYLOAD);
  });

  test.each(['', '.', 'a', 'a..b', 'a.!.b', `a.${encoded('{')}.b`])('%j has none', (text) => {
    expect(peekJws(text)).toBeUndefined();
  });
});

/** Whether a lenient decoder reads the same bytes in every part. */
function sameBytes(twin: string): boolean {
  const bytesOf = (text: string) =>
    text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
  return bytesOf(twin).join() === bytesOf(token).join();
}

/** The same bytes with one bit flipped: once for each bit. */
const flipsOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: 8 * bytes.length }, (_, bit) => {
    const bent = Buffer.from(bytes);
    bent.writeUInt8(bent.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return bent;
  });

/** Every shorter text that it begins or ends with. */
const cutsOf = (text: string): string[] =>
  Array.from({ length: text.length }, (_, at) => [text.slice(0, at), text.slice(at + 1)]).flat();

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Session } from './session.ts';

/** An authenticator that nobody has to touch: Web Authentication, level 3, with ES256 and no attestation. */
export interface Passkey {
  readonly origin: string;
  readonly id: string;
  readonly privateKey: KeyObject;
}

/** Flags of authenticator data (section 6.1): somebody is there, and it knows who. */
const PRESENT_AND_VERIFIED = 0x01 | 0x04;
const WITH_CREDENTIAL = 0x40;
/** It does not count. */
const COUNTER = Buffer.alloc(4);
const AAGUID = Buffer.alloc(16);

/** Makes a passkey and adds it to whoever is signed in, which ends their other sessions. */
export async function addPasskey(session: Session, origin: string): Promise<Passkey> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const credential = Buffer.concat([AAGUID, Buffer.from([0, id.length]), id, coseKey(x, y)]);
  const authData = authenticatorData(origin, WITH_CREDENTIAL, credential);
  const { challenge } = await optionsFrom(session, '/api/factors/passkeys/options', {});
  await session.post('/api/factors/passkeys', {
    attestation: {
      ...named(id.toString('base64url')),
      response: {
        clientDataJSON: clientData('webauthn.create', challenge, origin).toString('base64url'),
        attestationObject: attestationObject(authData).toString('base64url'),
      },
    },
  });
  return { origin, id: id.toString('base64url'), privateKey };
}

/** Asks the gateway what to sign to prove this, and signs it. */
export async function proofBy({ origin, id, privateKey }: Passkey, session: Session, about: object) {
  const { challenge } = await optionsFrom(session, '/api/step-up/options', about);
  const clientDataJSON = clientData('webauthn.get', challenge, origin);
  const data = authenticatorData(origin);
  const signature = sign('sha256', Buffer.concat([data, sha256(clientDataJSON)]), privateKey);
  return {
    kind: 'passkey',
    assertion: {
      ...named(id),
      response: {
        clientDataJSON: clientDataJSON.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
      },
    },
  };
}

const optionsFrom = async (session: Session, path: string, about: object) =>
  JSON.parse(await session.post(path, about)) as { readonly challenge: string };

const named = (id: string) => ({ id, rawId: id, type: 'public-key', clientExtensionResults: {} });

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();

const clientData = (type: string, challenge: string, origin: string) =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

const authenticatorData = (origin: string, flags = 0, credential = Buffer.alloc(0)) =>
  Buffer.concat([
    sha256(new URL(origin).hostname),
    Buffer.from([PRESENT_AND_VERIFIED | flags]),
    COUNTER,
    credential,
  ]);

/** `{1: 2, 3: -7, -1: 1, -2: x, -3: y}` in CBOR: elliptic curve, ES256, P-256, the point (RFC 9053). */
const coseKey = (x: string, y: string) =>
  Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);

/** `{"fmt": "none", "attStmt": {}, "authData": ...}` in CBOR; the data is shorter than 256 bytes. */
const attestationObject = (authData: Buffer) =>
  Buffer.concat([
    Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
    Buffer.from([0x58, authData.length]),
    authData,
  ]);

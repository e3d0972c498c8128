import PostalMime from 'postal-mime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFactorNotices } from '../../src/adapters/factor-notices.ts';
import { createFactorMail } from '../../src/adapters/mail/factor-mail.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { createFactorChanges } from '../../src/adapters/postgres/factor-changes.ts';
import { createFactors } from '../../src/adapters/postgres/factors.ts';
import type { Factors } from '../../src/gateway/ports/factors.ts';
import { createDatabase, execute, type TestDatabase } from '../support/database.ts';
import { people } from '../support/messages.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const NOW = 1_800_000_000_000;
const SESSION = 'a session';

let testDatabase: TestDatabase;
let [gateway, worker]: Database[] = [];
let smtp: TestSmtp;
let factors: Factors;
beforeAll(async () => {
  testDatabase = await createDatabase();
  gateway = await openDatabase(testDatabase.urls.gateway, 'gateway');
  worker = await openDatabase(testDatabase.urls.worker, 'worker');
  smtp = await startSmtp();
  factors = createFactors(gateway);
});
afterAll(async () => {
  await Promise.all([gateway?.close(), worker?.close(), smtp.stop()]);
  await testDatabase.drop();
});

/** As one of the workers does, every few seconds. */
function notices() {
  if (!worker) throw new Error('there is no worker');
  const from = 'countersign@storefront.example';
  const gatewayUrl = 'https://approvals.example.com';
  return createFactorNotices(
    createFactorChanges(worker),
    createFactorMail({ smtpUrl: smtp.url, from, people, gatewayUrl }),
  );
}

const read = () => Promise.all(smtp.mails.map(({ raw }) => PostalMime.parse(raw)));

test('whoever adds or removes what they prove themselves with is mailed each change, once', async () => {
  const passkey = {
    credentialId: 'one',
    person: 'grace',
    counter: 0,
    transports: [],
    addedAt: NOW,
    publicKey: new Uint8Array([1]),
    name: 'phone\r\nBcc: eve@evil.example',
  };
  await factors.addPasskey(passkey);
  const app = { secret: 'sealed', lastStep: 0, failures: 0, lockedUntil: 0 };
  await factors.proposeTotp('grace', app, [passkey]);
  const confirm = () =>
    factors.changeTotp('grace', SESSION, NOW + 1, (totp) => ({
      result: undefined,
      totp: { ...app, ...totp, confirmedAt: NOW + 1 },
    }));
  await confirm();
  // A code that is used later adds nothing.
  await confirm();
  await factors.removeTotp('grace', NOW + 2);
  await factors.removePasskey('grace', 'one', NOW + 3);
  await factors.removePasskey('grace', 'one', NOW + 3);
  // Two workers look at the same time.
  await Promise.all([notices()(NOW + 4), notices()(NOW + 4)]);
  const mails = await read();
  expect(mails.map(({ subject }) => subject).toSorted()).toEqual([
    'Your account at Countersign: a passkey was added',
    'Your account at Countersign: a passkey was removed',
    'Your account at Countersign: an authenticator app was set up',
    'Your account at Countersign: the authenticator app was removed',
  ]);
  for (const mail of mails) {
    expect(mail.to?.map(({ address }) => address)).toEqual([people.grace?.email]);
    expect(mail.text).toContain('IF IT WAS NOT YOU');
    expect(mail.text).toContain('https://approvals.example.com/account');
    expect(mail.headers.map(({ key }) => key)).not.toContain('bcc');
  }
  await notices()(NOW + 5);
  expect(smtp.mails).toHaveLength(4);
});

test('what the mail server does not take now is sent later', async () => {
  const before = smtp.mails.length;
  const passkey = {
    credentialId: 'two',
    person: 'linus',
    counter: 0,
    transports: [],
    addedAt: NOW,
    name: 'laptop',
    publicKey: new Uint8Array([1]),
  };
  await factors.addPasskey(passkey);
  smtp.switches.refuseData = 451;
  expect(await notices()(NOW + 1)).toEqual([expect.stringMatching(/^linus: /)]);
  smtp.switches.refuseData = undefined;
  expect(await notices()(NOW + 2)).toEqual([]);
  expect(smtp.mails).toHaveLength(before + 1);
  expect((await read()).at(-1)?.text).toContain('It is called: laptop');
});

test('what was changed stays on record: nobody takes it out', async () => {
  for (const statement of ['delete from', 'truncate'])
    await expect(
      execute(testDatabase.urls.owner, `${statement} countersign_factor_changes`),
    ).rejects.toThrow();
  await expect(execute(testDatabase.urls.gateway, 'delete from countersign_factor_changes')).rejects.toThrow(
    'permission denied',
  );
});

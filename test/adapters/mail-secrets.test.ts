import { describe, expect, test } from 'vitest';
import { createMail } from '../../src/adapters/mail/smtp.ts';
import { aMessage, people } from '../support/messages.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const PASSWORD = 'pass/word 100% canary';
const IN_BASE64 = [`\0mailer\0${PASSWORD}`, PASSWORD].map((text) => Buffer.from(text).toString('base64'));

const mailBy = ({ url }: TestSmtp) =>
  createMail({
    smtpUrl: url.replace('//', `//mailer:${encodeURIComponent(PASSWORD)}@`),
    from: 'countersign@storefront.example',
    people,
  });

async function told(server: TestSmtp) {
  try {
    return JSON.stringify(await mailBy(server).send(aMessage(), ['grace', 'ada']));
  } finally {
    await server.stop();
  }
}

const AUTH = { disabledCommands: ['STARTTLS'], authOptional: false, allowInsecureAuth: true };

describe('a mail server that repeats the password', () => {
  test.each(['PLAIN', 'LOGIN'])('in its refusal of AUTH %s does not bring it anywhere', async (method) => {
    const server = await startSmtp({
      ...AUTH,
      authMethods: [method],
      onAuth: ({ password }, _session, answer) =>
        answer(new Error(`${password} (${IN_BASE64.join(', ')}) is another password`)),
    });
    const reason = await told(server);
    expect(reason).toContain('Invalid login: 535 *** (***, ***) is another password');
  });

  test('in its refusal of a recipient does not bring it anywhere either', async () => {
    const server = await startSmtp({
      ...AUTH,
      onAuth: (_auth, _session, answer) => answer(null, { user: 1 }),
    });
    server.switches.refuse['ada@storefront.example'] = 550;
    server.switches.because = `${PASSWORD} may not`;
    expect(await told(server)).toMatch(/not for ada: .*550 \*\*\* may not/);
  });
});

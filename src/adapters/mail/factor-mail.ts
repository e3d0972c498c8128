import type { SendResult } from '../../activities/ports/channels.ts';
import { oneLine, utc } from '../../briefing/text.ts';
import type { FactorChange } from '../factor-notices.ts';
import { createMailer, type MailerOptions } from './smtp.ts';

const DONE: Readonly<Record<FactorChange['change'], string>> = {
  passkeyAdded: 'a passkey was added',
  passkeyRemoved: 'a passkey was removed',
  totpAdded: 'an authenticator app was set up',
  totpRemoved: 'the authenticator app was removed',
};

/** Mails a person that their second factors have changed. */
export function createFactorMail({
  gatewayUrl,
  ...options
}: MailerOptions & { readonly gatewayUrl?: string | undefined }) {
  const mailer = createMailer(options);
  return ({ id, person, change, name, at }: FactorChange): Promise<SendResult> => {
    const changeText = DONE[change];
    const nameText = name === undefined ? '' : ` It is called: ${oneLine(name, 100)}`;
    return mailer([person], `factors/${id}`, () => ({
      subject: `Your account at Countersign: ${changeText}`,
      text: [
        `At ${utc(at)} ${changeText}.${nameText}`,
        '',
        'With it you prove who you are when you decide on what agents do.',
        `If that was you, there is nothing to do.${gatewayUrl === undefined ? '' : ` You see what there is now at ${gatewayUrl}/account`}`,
        '',
        'IF IT WAS NOT YOU, somebody is signed in as you. Tell your operators at once: they end your sessions, and remove what was',
        'added (docs/gateway.md, "The second proof").',
        '',
      ].join('\n'),
      headers: { 'Auto-Submitted': 'auto-generated' },
    }));
  };
}

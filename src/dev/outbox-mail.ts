import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

const MAX_MAIL_BYTES = 10 * 1024 * 1024;

export interface CaughtMail {
  readonly messageId: string;
  /** The sender and recipients of the SMTP envelope: where the mail really went, regardless of its headers. */
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The headers by lower-case name; the values of a repeated header stand on one line each. */
  readonly headers: Readonly<Record<string, string>>;
  /** The message as it was received. */
  readonly raw: string;
  readonly at: Date;
}

/** An SMTP server without TLS and sign-in, for loopback only. A mail is kept before its sender hears that it was accepted. */
export function mailServer(keep: (mail: CaughtMail) => void): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    // A sender that keeps its connection open would delay the end by 30 s.
    closeTimeout: 500,
    onData(stream, session, callback) {
      readMail(stream, session)
        .then(keep)
        .then(() => callback(), callback);
    },
  });
  // A sender that is killed in the middle of a mail loses only that mail. Without a listener, the error would end this process too.
  server.on('error', () => undefined);
  return server;
}

async function readMail(stream: SMTPServerDataStream, { envelope }: SMTPServerSession): Promise<CaughtMail> {
  const raw = Buffer.concat(await stream.toArray());
  if (stream.sizeExceeded)
    throw Object.assign(new Error('the mail is larger than 10 MB'), { responseCode: 552 });
  const mail = await PostalMime.parse(raw);
  const headers: Record<string, string> = {};
  for (const { key, value } of mail.headers)
    headers[key] = headers[key] ? `${headers[key]}\n${value}` : value;
  return {
    messageId: mail.messageId ?? '',
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(({ address }) => address),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers,
    raw: raw.toString(),
    at: new Date(),
  };
}

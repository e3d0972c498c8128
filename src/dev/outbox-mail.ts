import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

const MAX_MAIL_BYTES = 10 * 1024 * 1024;

export interface CaughtMail {
  readonly messageId: string;
  /** Sender and recipients of the SMTP envelope: where the mail went, whatever its headers say. */
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** By lower-case name; the values of a repeated header stand on a line each. */
  readonly headers: Readonly<Record<string, string>>;
  /** The message as it came over the wire. */
  readonly raw: string;
  readonly at: Date;
}

/** An SMTP server without TLS and sign-in, for loopback only. A mail is kept before its sender hears that it was taken. */
export function mailServer(keep: (mail: CaughtMail) => void): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    // A sender that keeps its connection open would hold up the end for 30 s.
    closeTimeout: 500,
    onData(stream, session, done) {
      readMail(stream, session)
        .then(keep)
        .then(() => done(), done);
    },
  });
  // A sender that is killed in the middle of a mail loses that mail alone; without a listener this process would end with it.
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

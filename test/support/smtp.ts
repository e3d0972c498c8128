import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly secure: boolean;
}

/** How the server answers from now on. Unset: it takes everything. */
export interface SmtpSwitches {
  /** Says nothing when a client connects, or when it has the whole message. */
  hangAt?: 'greeting' | 'data' | undefined;
  /** Has the message, and closes the connection without an answer. */
  dropAtData?: boolean | undefined;
  /** The code for a recipient, by address. */
  refuse: Record<string, number>;
  /** The code for the sender. */
  refuseSender?: number | undefined;
  /** The code for the message itself. */
  refuseData?: number | undefined;
  /** What is said with any of these codes. */
  because?: string;
}

export interface TestSmtp {
  readonly url: string;
  readonly switches: SmtpSwitches;
  readonly mails: readonly ReceivedMail[];
  /** Every message that a client wrote to its end, taken or not. */
  readonly attempts: readonly string[];
  /** Every recipient that a client named, refused ones too. */
  readonly recipients: readonly string[];
  /** The lines that clients wrote, up to each message. Empty over TLS. */
  commands(): string[];
  stop(): Promise<void>;
}

/** A real SMTP server on 127.0.0.1. It offers STARTTLS or speaks TLS only where a test asks for it. */
export async function startSmtp(options: SMTPServerOptions = {}): Promise<TestSmtp> {
  const switches: SmtpSwitches = { refuse: {} };
  const mails: ReceivedMail[] = [];
  const attempts: string[] = [];
  const recipients: string[] = [];
  const sockets = new Set<Socket>();
  let wire = '';
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    ...options,
    onConnect: (_session, callback) => {
      if (switches.hangAt !== 'greeting') callback();
    },
    onMailFrom: (_address, _session, callback) => callback(answer(switches, switches.refuseSender)),
    onRcptTo: ({ address }, _session, callback) => {
      recipients.push(address);
      callback(answer(switches, switches.refuse[address]));
    },
    onData: async (stream, { envelope, secure }, callback) => {
      const chunks: Buffer[] = await stream.toArray();
      const raw = Buffer.concat(chunks).toString();
      attempts.push(raw);
      if (switches.hangAt === 'data') return;
      if (switches.dropAtData) {
        for (const socket of sockets) socket.destroy();
        return;
      }
      const refused = answer(switches, switches.refuseData);
      if (!refused) {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ from, to, raw, secure });
      }
      callback(refused);
    },
  });
  // What a client does to the connection is the client's to report.
  server.on('error', () => undefined);
  server.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => {
      wire += chunk;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `${options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    switches,
    mails,
    attempts,
    recipients,
    commands: () =>
      wire
        .replaceAll(/(DATA\r\n)[\s\S]*?\r\n\.\r\n/g, '$1')
        .split('\r\n')
        .filter((line) => line !== ''),
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A server of its own for a test that runs beside others. */
export async function withServer(test: (server: TestSmtp) => Promise<void>): Promise<void> {
  const server = await startSmtp();
  try {
    await test(server);
  } finally {
    await server.stop();
  }
}

const answer = ({ because = 'the switch says so' }: SmtpSwitches, responseCode: number | undefined) =>
  responseCode === undefined ? null : Object.assign(new Error(because), { responseCode });

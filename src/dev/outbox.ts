import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type CaughtMail, mailServer } from './outbox-mail.ts';
import { type CaughtPage, pager } from './outbox-pager.ts';
import { showOutbox } from './outbox-pages.ts';

export type { CaughtMail, CaughtPage };

export interface Outbox {
  readonly smtpUrl: string;
  /** The address that takes events as PagerDuty's `https://events.pagerduty.com/v2/enqueue` does. */
  readonly pagerUrl: string;
  /** The address of the pages that show the caught messages. */
  readonly webUrl: string;
  /** All mails so far, oldest first. */
  mails(): readonly CaughtMail[];
  /** All pages so far, oldest first. */
  pages(): readonly CaughtPage[];
  /** Switches the pager off or on, to exercise a failing pager. */
  pagerDown(isOff: boolean): void;
  stop(): Promise<void>;
}

/**
 * Starts a mail server and a pager on 127.0.0.1 that deliver nothing: they keep all messages in memory, and show them.
 *
 * @param webPort the preferred port of the pages; a free one is taken where something listens there
 */
export async function startOutbox(webPort = 0): Promise<Outbox> {
  let down = false;
  const mails: CaughtMail[] = [];
  const pages: CaughtPage[] = [];
  const smtp = mailServer((mail) => mails.push(mail));
  const app = showOutbox(mails, pages).route(
    '/',
    pager(
      (page) => pages.push(page),
      () => down,
    ),
  );
  const web = createServer(getRequestListener(app.fetch));
  smtp.listen(0, '127.0.0.1');
  const [smtpPort, shownAt] = await Promise.all([
    portOf(smtp.server),
    portAt(web, webPort).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      return portAt(web, 0);
    }),
  ]);
  const webUrl = `http://127.0.0.1:${shownAt}`;
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    pagerUrl: `${webUrl}/v2/enqueue`,
    webUrl,
    mails: () => mails,
    pages: () => pages,
    pagerDown: (isOff) => {
      down = isOff;
    },
    stop: async () => {
      const closings = [smtp, web].map(
        (server) => new Promise<void>((resolve) => server.close(() => resolve())),
      );
      web.closeAllConnections();
      await Promise.all(closings);
    },
  };
}

function portAt(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  return portOf(server);
}

async function portOf(server: Server): Promise<number> {
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}

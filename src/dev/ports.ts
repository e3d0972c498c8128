import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** The ports that bookmarks and links in mails may contain: Temporal's own two, and then ours. */
export const USUAL_PORTS = { temporal: 7233, temporalUi: 8233, inbox: 8234, caughtMail: 8235 };

/**
 * The range of ports. It is below the range that systems hand out by themselves, which starts at 32768 on Linux: from that range,
 * any outgoing connection may take a port before its server listens.
 */
const RANGE = { from: 20_000, to: 32_000 };

/** Distinct TCP ports on 127.0.0.1 that nothing listens on. All are held until the last is known, so none repeats. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listenAnywhere()));
  return Promise.all(servers.map(release));
}

/** The port itself where nothing listens on it; otherwise another free one. */
export async function thisOrAFreePort(port: number): Promise<number> {
  const server = await listen(port).catch(() => listenAnywhere());
  return release(server);
}

/** Checks that nothing listens on a port of 127.0.0.1. @throws Error when something does */
export async function requireFreePort(port: number): Promise<void> {
  const server = await listen(port).catch((cause: Error) => {
    throw new Error(`port ${port} of 127.0.0.1 cannot be used: ${cause.message}`, { cause });
  });
  await release(server);
}

function listenAnywhere(): Promise<Server> {
  return listen(randomInt(RANGE.from, RANGE.to)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return listenAnywhere();
  });
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function release(server: Server): Promise<number> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface FaultyNetwork {
  /** The database's URL, by way of the proxy. */
  readonly url: string;
  /** From now on nothing passes in either direction, with all connections left open. */
  freeze(): void;
  thaw(): void;
  /** How many clients have connected since it was frozen. Each waits for the server. */
  readonly waiting: number;
  /** Cuts the next connection that commits, after the server has answered and before the client hears of it. */
  loseNextCommit(): void;
  close(): Promise<void>;
}

/** A network that can fail, between a client and the PostgreSQL at `url`. */
export async function startProxy(url: string, port = 0): Promise<FaultyNetwork> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let frozen = false;
  let waiting = 0;
  let losing = false;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let cut = false;
    if (frozen) waiting += 1;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      if (frozen) socket.pause();
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (data) => {
      if (losing && data.includes('commit\0')) {
        losing = false;
        cut = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!cut) client.write(data);
      else if (data.includes('COMMIT')) client.destroy();
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');

  const proxied = new URL(url);
  proxied.port = String((server.address() as AddressInfo).port);
  return {
    url: proxied.href,
    freeze: () => {
      frozen = true;
      waiting = 0;
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    get waiting() {
      return waiting;
    },
    loseNextCommit: () => {
      losing = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Listening, listen } from '../adapters/listen.ts';
import { createPractice, type Practice } from './server.ts';

/** Serves practice. The `url` is where a browser begins, with the key. @param address host:port; port 0 is any free one */
export async function servePractice({
  address,
  ...practice
}: Omit<Practice, 'origin'> & { readonly address: string }): Promise<Listening> {
  const server = createServer();
  const { url: origin, close } = await listen(server, address);
  const { fetch } = createPractice({ ...practice, origin });
  server.on('request', getRequestListener(fetch));
  return {
    url: `${origin}/?key=${practice.key}`,
    close: () => {
      // A browser keeps its connections open.
      server.closeAllConnections();
      return close();
    },
  };
}

import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { ASSETS, type Markup } from '../../src/gateway/pages/index.ts';

/** The strictest that pages have to do with: nothing inline, nothing from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export interface PageServer {
  readonly url: string;
  /** What forms sent, in order. */
  readonly sent: readonly { readonly path: string; readonly fields: Readonly<Record<string, unknown>> }[];
  /** Tells every open page that something changed. */
  change(): void;
  close(): Promise<void>;
}

/** Serves pages as the gateway does, but for who is signed in. A page is made anew for every request. */
export async function servePages(pages: Readonly<Record<string, () => Markup>>): Promise<PageServer> {
  const sent: { path: string; fields: Record<string, unknown> }[] = [];
  const listeners = new Set<() => Promise<void>>();
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('Content-Security-Policy', POLICY);
  });
  app.get('/api/events', (c) =>
    streamSSE(c, async (stream) => {
      await new Promise<void>((done) => {
        const tell = async () => {
          await stream.writeSSE({ event: 'action', data: '{"actionId":"*"}' });
          await stream.writeSSE({ event: 'pending', data: '{}' });
        };
        listeners.add(tell);
        stream.onAbort(() => {
          listeners.delete(tell);
          done();
        });
      });
    }),
  );
  for (const [path, { type, body }] of ASSETS)
    app.get(path, (c) => c.body(body, 200, { 'Content-Type': type }));
  for (const [path, page] of Object.entries(pages)) app.get(path, (c) => c.html(page()));
  app.post('*', async (c) => {
    sent.push({ path: c.req.path, fields: await c.req.parseBody() });
    return c.text('done');
  });
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`,
    sent,
    change: () => {
      for (const tell of listeners) void tell();
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

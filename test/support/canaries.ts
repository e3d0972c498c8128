import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';

/** By path, how the system that repeats everything answers. */
const STATUSES: Readonly<Record<string, number>> = {
  '/system/ok': 200,
  '/system/undo': 200,
  '/system/maybe': 202,
  '/slack/chat.postMessage': 200,
  '/slack/chat.update': 200,
  '/metrics': 200,
};

/** A system that tells everybody what it was sent: headers, address and body. Where it knows no better it refuses. */
export async function startTelltale() {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const { headers, url = '' } = request;
    const all = JSON.stringify({ headers, url, body: await text(request) });
    received.push(all);
    const [path = ''] = url.split('?');
    const said = path.startsWith('/slack/')
      ? { ok: false, error: all }
      : { status: 'error', errorType: 'bad_data', error: all };
    response
      .writeHead(STATUSES[path] ?? 400, {
        'content-type': `text/of-${Buffer.from(all).toString('latin1')}`.replace(/[^ -~]/g, ''),
      })
      .end(JSON.stringify(said));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, received, stop };
}

/** All that a workflow's history holds, payloads decoded. */
export async function historyText(client: Client, workflowId: string): Promise<string> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  return JSON.stringify(history, (_, value) => {
    const isBytes = value?.type === 'Buffer' && Array.isArray(value.data);
    if (isBytes) return Buffer.from(value.data).toString();
    return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
  });
}

/** Every row of every table. */
export async function databaseText(pool: Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool
      .query<{ row: string }>(`select row_to_json(t)::text as row from ${name} t`)
      .catch(() => ({ rows: [] }));
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

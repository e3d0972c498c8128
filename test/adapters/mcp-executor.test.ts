import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createMcpExecutor } from '../../src/adapters/mcp/mcp-executor.ts';
import { openUpstream, toolDigestOf } from '../../src/adapters/mcp/upstream.ts';
import { createMinting, type Minting } from '../../src/adapters/minting/minting.ts';

const folder = await mkdtemp(join(tmpdir(), 'mcp-executor-'));
const argv = [process.execPath, fileURLToPath(new URL('../mcp/shop-server.mjs', import.meta.url)), folder];
const upstream = await openUpstream({ argv }, async () => ({ kind: 'none', reason: 'never asked' }), 60_000);
await upstream.close();
const toolDigest = upstream.tools.filter(({ name }) => name === 'set_price').map(toolDigestOf)[0] ?? '';

beforeEach(() =>
  Promise.all(['calls.jsonl', 'changed'].map((file) => rm(join(folder, file), { force: true }))),
);
afterAll(() => rm(folder, { recursive: true }));

const calls = () => readFile(join(folder, 'calls.jsonl'), 'utf8').catch(() => '');
const run = (sku: string, tool = 'set_price', now = () => performance.now()) =>
  createMcpExecutor({}, now).run({
    plan: {
      executor: 'mcp',
      server: { argv },
      tool,
      toolDigest,
      arguments: { sku, price: 3 },
      timeoutMs: 60_000,
    },
    actionId: 'shop-agent.a',
    idempotencyKey: 'shop-agent.a',
    fencingToken: 2,
  });

test('a tool is called once, with the arguments of the plan', async () => {
  expect(await run('a-1')).toEqual({ kind: 'done', summary: 'set_price of a-1 is done' });
  expect(await calls()).toBe('["set_price",{"sku":"a-1","price":3}]\n');
});

test('a tool that the server changed is refused, and so is one that it does not have: nothing is called', async () => {
  expect(await run('a-1', 'no_tool')).toMatchObject({ kind: 'refused' });
  await writeFile(join(folder, 'changed'), '');
  expect(await run('a-1')).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('changed the tool set_price'),
  });
  expect(await calls()).toBe('');
});

test('a call that could only be begun after its time is not made', async () => {
  let hours = 0;
  const result = await run('a-1', 'set_price', () => 3_600_000 * hours++);
  expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('no time was left') });
  expect(await calls()).toBe('');
});

/** The shop over HTTP. Its tool tells what it was sent to prove who asks. */
async function overHttp(redirectTo?: string) {
  const shown: (string | null)[] = [];
  const handler = createMcpHandler(() => {
    const server = new Server({ name: 'shop', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler('tools/list', () => ({
      tools: [{ name: 'set_price', inputSchema: { type: 'object' } }],
    }));
    server.setRequestHandler('tools/call', () => ({
      content: [{ type: 'text', text: `done, and you sent ${shown.at(-1)}, so ${SECRET} is right` }],
    }));
    return server;
  });
  const listening = serve({
    fetch: (request) => {
      shown.push(request.headers.get('authorization'));
      return redirectTo === undefined ? handler.fetch(request) : Response.redirect(redirectTo, 307);
    },
    hostname: '127.0.0.1',
    port: 0,
  });
  await once(listening, 'listening');
  onTestFinished(async () => {
    await handler.close();
    if ('closeAllConnections' in listening) listening.closeAllConnections();
    listening.close();
  });
  const { port } = listening.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, shown };
}

const SECRET = 'a-token-of-the-shop';
const runAt = (origin: string, digest: string, minting?: Minting) =>
  createMcpExecutor({ [origin]: { bearer: SECRET } }, () => performance.now(), minting).run({
    plan: {
      executor: 'mcp',
      server: { url: `${origin}/mcp` },
      tool: 'set_price',
      toolDigest: digest,
      arguments: { sku: 'a-1' },
      timeoutMs: 60_000,
    },
    actionId: 'shop-agent.a',
    idempotencyKey: 'shop-agent.a',
    fencingToken: 2,
    authority: { environment: 'production', approvedBy: ['grace'] },
  });

test('a server over HTTP gets the credentials of its origin, and no word of them comes back', async () => {
  const { origin, shown } = await overHttp();
  const digest = toolDigestOf({ name: 'set_price', inputSchema: { type: 'object' } });
  expect(await runAt(origin, digest)).toEqual({
    kind: 'done',
    summary: 'done, and you sent Bearer ***, so *** is right',
  });
  expect(new Set(shown)).toEqual(new Set([`Bearer ${SECRET}`]));
});

/** A source whose program prints the same credential each time. */
const mintingOf = (systems: readonly string[]) =>
  createMinting(
    {
      production: {
        shop: {
          systems,
          variable: 'SHOP_TOKEN',
          by: {
            kind: 'command',
            argv: ['/bin/sh', '-c', `echo '{"token":"minted-for-the-call"}'`],
            environment: [],
          },
        },
      },
    },
    Date.now,
  );

test('a server over HTTP gets the credential that is minted for the call in place of a static one', async () => {
  const { origin, shown } = await overHttp();
  const digest = toolDigestOf({ name: 'set_price', inputSchema: { type: 'object' } });
  expect(await runAt(origin, digest, mintingOf([origin]))).toMatchObject({
    kind: 'done',
    summary: expect.stringContaining('you sent Bearer ***'),
  });
  expect(new Set(shown)).toEqual(new Set(['Bearer minted-for-the-call']));
});

test.each([
  ['shop', 'done'],
  ['other', 'refused'],
])(
  'a server that is a program finds the credential of the source %s: it is %s',
  async (credentials, kind) => {
    const script = `printf %s "$SHOP_TOKEN" >'${join(folder, credentials)}'; exec "$@"`;
    const result = await createMcpExecutor({}, () => performance.now(), mintingOf([])).run({
      plan: {
        executor: 'mcp',
        server: { argv: ['/bin/sh', '-c', script, 'sh', ...argv], credentials },
        tool: 'set_price',
        toolDigest,
        arguments: { sku: 'a-1', price: 3 },
        timeoutMs: 60_000,
      },
      actionId: 'shop-agent.a',
      idempotencyKey: 'shop-agent.a',
      fencingToken: 2,
      authority: { environment: 'production', approvedBy: [] },
    });
    expect(result.kind).toBe(kind);
    const found = await readFile(join(folder, credentials), 'utf8').catch(() => 'it was not started');
    expect(found).toBe(kind === 'done' ? 'minted-for-the-call' : 'it was not started');
  },
);

test('a server that sends the call elsewhere is refused: the credentials stay with its origin', async () => {
  const other = await overHttp();
  const { origin } = await overHttp(`${other.origin}/mcp`);
  expect(await runAt(origin, 'a'.repeat(64))).toMatchObject({ kind: 'refused' });
  expect(other.shown).toEqual([]);
});

test('an error of a tool is an unknown effect: it may have failed half way', async () => {
  expect(await run('broken')).toEqual({ kind: 'unknown', reason: 'the tool failed: half of it was done' });
});

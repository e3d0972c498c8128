import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { openUpstream, toolDigestOf } from '../../src/adapters/mcp/upstream.ts';
import { freePorts } from '../../src/dev/ports.ts';
import type { ActionType } from '../../src/domain/installation/installation.ts';
import { run } from '../e2e/command.ts';
import { requireBuild } from '../e2e/support.ts';
import { AGENT_KEY, useDecidedWorld } from '../gateway/decided-world.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE } from '../support/world.ts';
import { keyFile, McpClient, overHttp, overStdio } from './clients.ts';
import { conformanceOf, NEEDS_ITS_TOOLS, OTHER_FEATURES } from './conformance.ts';
import { startTokenProvider } from './token-provider.ts';

const folder = await mkdtemp(join(tmpdir(), 'mcp-proxy-'));
const argv = [process.execPath, fileURLToPath(new URL('./shop-server.mjs', import.meta.url)), folder];
const opened = () => openUpstream({ argv }, async () => ({ kind: 'none', reason: 'never asked' }), 20_000);
const upstream = await opened();
await upstream.close();
const digest = (name: string) => {
  const tool = upstream.tools.find((each) => each.name === name);
  return tool ? toolDigestOf(tool) : '';
};

const { installation: base } = testInstallation();
const governed = (name: string, tool: string, toolDigest: string, more: object = {}): ActionType => ({
  name,
  title: `call ${tool}`,
  parameters: { type: 'object', additionalProperties: false, properties: {} },
  tier: { 1: 3, 2: 3, 3: 3, 4: 3 },
  severity: { performance: 1, security: 1, dataAccess: 1, serviceDisruption: 1 },
  execute: { executor: 'mcp', server: { argv }, tool, toolDigest, timeoutMs: 30_000, ...more },
});
const at = useDecidedWorld({
  actionTypes: {
    ...base.actionTypes,
    'prices.set': governed('prices.set', 'set_price', digest('set_price')),
    'shop.any': governed('shop.any', '${params.tool}', '${params.digest}', {
      arguments: '${params.arguments}',
    }),
  },
});

let key: Awaited<ReturnType<typeof keyFile>>;
beforeAll(async () => {
  await requireBuild();
  key = await keyFile('deploy-agent', AGENT_KEY);
  await mkdir(join(folder, 'mcp'));
  await writeFile(
    join(folder, 'mcp/shop.yaml'),
    stringify({
      command: { argv },
      environment: 'production',
      tools: {
        get_price: { digest: digest('get_price'), readOnly: true },
        set_price: { digest: digest('set_price'), actionType: 'prices.set', target: 'checkout' },
      },
      unknown: { actionType: 'shop.any', target: 'checkout' },
    }),
  );
});
beforeEach(() =>
  Promise.all(['calls.jsonl', 'changed'].map((file) => rm(join(folder, file), { force: true }))),
);
afterAll(async () => {
  await key.remove();
  await rm(folder, { recursive: true });
});

const calls = async () =>
  (await readFile(join(folder, 'calls.jsonl'), 'utf8').catch(() => ''))
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
const args = () => [
  'mcp-proxy',
  '--installation',
  folder,
  '--server',
  'shop',
  '--gateway',
  at().gateway.origin,
  '--key',
  key.path,
];
const proxied = () => new McpClient().over(overStdio(args()));
function why() {
  const { rationale, evidence, successCriteria, idempotencyKey } = deploy('any');
  return { rationale, evidence, successCriteria, idempotencyKey };
}
/** The action that a call became, which is waited for. */
async function becoming(idempotencyKey: string) {
  const action = at().world.countersign.action(`deploy-agent.${idempotencyKey}`);
  await at().world.until(action, 'waiting');
  return action;
}

describe('a call of a tool behind the proxy', () => {
  test('that only reads, as operators wrote, goes through', async () => {
    const client = await proxied();
    expect((await client.call('get_price', { sku: 'a-1' })).text).toBe('get_price of a-1 is done');
    expect(await calls()).toEqual([['get_price', { sku: 'a-1' }]]);
  });

  test('is made once, as people saw it, when a person approved it, and the agent is told what it answered', async () => {
    const client = await proxied();
    const said = why();
    const calling = client.call('set_price', { sku: 'a-1', price: 12.5, why: said });
    const action = await becoming(said.idempotencyKey);
    expect(await calls()).toEqual([]);
    expect((await action.state()).action).toMatchObject({
      execute: { executor: 'mcp', tool: 'set_price', arguments: { sku: 'a-1', price: 12.5 } },
    });
    const page = await (
      await (await at().gateway.signedIn('grace')).send(`/actions/${action.actionId}`)
    ).text();
    expect(page).toContain('set_price of the MCP server');
    await at().world.decide('grace', 'approve', action);
    expect(await calling).toMatchObject({
      isError: false,
      data: { outcome: 'succeeded', result: 'set_price of a-1 is done' },
    });
    expect(await calls()).toEqual([['set_price', { sku: 'a-1', price: 12.5 }]]);
  });

  test('INVARIANT 11: without a reason is refused', async () => {
    const client = await proxied();
    const { isError, text } = await client.call('set_price', { sku: 'a-1', price: 12.5 });
    expect([isError, text]).toEqual([true, expect.stringContaining('rationale')]);
    expect(await calls()).toEqual([]);
  });

  test('that nobody wrote a rule for waits for people, and then runs as it was shown', async () => {
    const client = await proxied();
    const said = why();
    const calling = client.call('drop_article', { sku: 'a-2', why: said });
    const action = await becoming(said.idempotencyKey);
    await at().world.decide('grace', 'approve', action);
    expect(await calling).toMatchObject({ data: { outcome: 'succeeded' } });
    expect(await calls()).toEqual([['drop_article', { sku: 'a-2' }]]);
  });

  test('is refused where the server changed the tool, and the tool is not offered any more', async () => {
    const client = await proxied();
    await writeFile(join(folder, 'changed'), '');
    const { isError, text } = await client.call('set_price', { sku: 'a-1', price: 1, why: why() });
    expect([isError, text]).toEqual([true, expect.stringContaining('The server changed the tool set_price')]);
    const { tools } = await client.client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain('set_price');
    expect(await calls()).toEqual([]);
  });

  test('INVARIANT 2: is not made where the server changed the tool after people approved', async () => {
    const client = await proxied();
    const said = why();
    const calling = client.call('set_price', { sku: 'a-1', price: 2, why: said });
    const action = await becoming(said.idempotencyKey);
    await writeFile(join(folder, 'changed'), '');
    await at().world.decide('grace', 'approve', action);
    expect(await calling).toMatchObject({ data: { outcome: 'failed' } });
    expect((await action.state()).outcome?.reason).toContain('changed the tool set_price');
    expect(await calls()).toEqual([]);
  });
});

test('over HTTP the agent is the subject of the token, and the conformance suite passes as for our own server', {
  timeout: 300_000,
}, async () => {
  const provider = await startTokenProvider('deploy-agent');
  onTestFinished(() => provider.stop());
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}/mcp`;
  const http = ['--http', `127.0.0.1:${port}`, '--url', url, '--issuer', provider.issuer];
  const served = run('cli/main.js', [...args(), ...http], {});
  onTestFinished(async () => {
    served.child.kill('SIGTERM');
    expect((await served.ended).status).toBe(0);
  });
  await vi.waitFor(() => expect(served.stderr()).toContain('serves'), PATIENCE);
  const token = await provider.token('deploy-agent', url);
  const client = await new McpClient().over(overHttp(url, token));
  expect((await client.call('get_price', { sku: 'a-1' })).text).toBe('get_price of a-1 is done');

  const results = await conformanceOf(url, token);
  const failed = [...results].filter(([, result]) => result === 'failed').map(([scenario]) => scenario);
  expect(failed.toSorted()).toEqual(Object.keys({ ...NEEDS_ITS_TOOLS, ...OTHER_FEATURES }).toSorted());
});

test('suggest writes files that are sound, and in which every tool waits for people', {
  timeout: 120_000,
}, async () => {
  const into = join(folder, 'installation');
  expect((await run('cli/main.js', ['init', into], {}).ended).status).toBe(0);
  const given = ['--name', 'shop', '--target', 'web', '--environment', 'production', '--into', into];
  const written = await run('cli/main.js', ['mcp-proxy', 'suggest', ...given, '--', ...argv], {}).ended;
  expect([written.status, written.stderr]).toEqual([0, '']);
  const checked = await run('cli/main.js', ['check', into], {}).ended;
  expect([checked.status, checked.stdout]).toEqual([0, expect.stringContaining('is sound: 6 action types')]);
  const mapping = await readFile(join(into, 'mcp/shop.yaml'), 'utf8');
  expect(mapping.match(/^ {4}actionType: /gm)).toHaveLength(3);
  expect(mapping).not.toMatch(/^[^#]*readOnly/m);
  const again = await run('cli/main.js', ['mcp-proxy', 'suggest', ...given, '--', ...argv], {}).ended;
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('was not written')]);
});

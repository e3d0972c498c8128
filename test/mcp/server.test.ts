import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePorts } from '../../src/dev/ports.ts';
import { type Running, run } from '../e2e/command.ts';
import { requireBuild } from '../e2e/support.ts';
import { AGENT_KEY, useDecidedWorld } from '../gateway/decided-world.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE } from '../support/world.ts';
import { keyFile, McpClient, overHttp, overStdio } from './clients.ts';
import { conformanceOf, NEEDS_ITS_TOOLS, OTHER_FEATURES } from './conformance.ts';
import { startTokenProvider, type TokenProvider } from './token-provider.ts';

const at = useDecidedWorld();
let key: Awaited<ReturnType<typeof keyFile>>;
let provider: TokenProvider;
let served: Running;
let url = '';

beforeAll(async () => {
  await requireBuild();
  key = await keyFile('deploy-agent', AGENT_KEY);
  provider = await startTokenProvider('deploy-agent', 'cache-agent', 'nobody-agent');
  const [port] = await freePorts(1);
  url = `http://127.0.0.1:${port}/mcp`;
  const http = ['--http', `127.0.0.1:${port}`, '--url', url, '--issuer', provider.issuer];
  served = run('cli/main.js', ['mcp', '--gateway', at().gateway.origin, '--key', key.path, ...http], {});
  await vi.waitFor(() => expect(served.stderr()).toContain('serves'), PATIENCE);
});
afterAll(async () => {
  served.child.kill('SIGTERM');
  expect((await served.ended).status).toBe(0);
  await provider.stop();
  await key.remove();
});

const args = (origin: string) => ['mcp', '--gateway', origin, '--key', key.path];
const stdio = (options: ConstructorParameters<typeof McpClient>[0] = {}) =>
  new McpClient(options).over(overStdio(args(at().gateway.origin)));
const http = async (options: ConstructorParameters<typeof McpClient>[0] = {}, agent = 'deploy-agent') =>
  new McpClient(options).over(overHttp(url, await provider.token(agent, url)));

/** A proposal as a model writes it: without what the server knows. */
function wanted(version: string) {
  const { agent: _, ...draft } = deploy(version);
  return { ...draft };
}

describe.each([
  ['over stdio, by the revision of 2025', () => stdio()],
  ['over stdio, by the revision of 2026-07-28', () => stdio({ modern: true })],
  ['over HTTP, by the revision of 2025', () => http()],
  ['over HTTP, by the revision of 2026-07-28', () => http({ modern: true })],
])('a client %s', (_how, connected) => {
  test('proposes, is told to wait, and is told when a person approved it', async () => {
    const client = await connected();
    const proposed = await client.call('propose_action', wanted('2.4.0'));
    const actionId = String(proposed.data.actionId);
    expect(proposed).toMatchObject({
      isError: false,
      data: {
        status: 'waiting',
        inboxUrl: `${at().gateway.origin}/actions/${actionId}`,
        pollAfterMs: 15_000,
      },
    });
    expect(proposed.text).toContain('You cannot approve it');
    const { world } = at();
    const action = world.countersign.action(actionId);
    const waiting = client.call('get_action', { actionId, waitSeconds: 50 });
    await world.until(action, 'waiting');
    await world.decide('grace', 'approve', action);
    await waiting;
    await vi.waitFor(async () => {
      const { data } = await client.call('get_action', { actionId });
      expect(data).toMatchObject({ status: 'closed', outcome: 'succeeded' });
    }, PATIENCE);
    expect(await world.effectsOf(action)).toEqual(['setVersion']);
  });
});

describe('the tools', () => {
  test('are one for each action type, with its parameters, and none to approve', async () => {
    const { client } = await stdio();
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'propose_action',
        'propose_version_deploy',
        'get_action',
        'cancel_action',
        'explain_action',
        'list_action_types',
      ]),
    );
    expect(names.filter((name) => /approve|decide|deny|grant/.test(name))).toEqual([]);
    const own = tools.find(({ name }) => name === 'propose_version_deploy');
    const type = at().world.installation.actionTypes['version.deploy'];
    expect(own?.inputSchema.properties?.params).toEqual(type?.parameters);
    expect(own?.inputSchema.required).toEqual(
      expect.arrayContaining([
        'params',
        'target',
        'rationale',
        'evidence',
        'successCriteria',
        'idempotencyKey',
      ]),
    );
  });

  test('of an action type propose that one, whatever else the arguments say', async () => {
    const client = await stdio();
    const { data } = await client.call('propose_version_deploy', {
      ...wanted('5.2.0'),
      actionType: 'cache.flush',
    });
    const { proposal } = await at().world.countersign.action(String(data.actionId)).state();
    expect(proposal).toMatchObject({
      actionType: 'version.deploy',
      agent: { id: 'deploy-agent', version: '1' },
    });
  });

  test('INVARIANT 10: take no word about who proposes, or that it is signed', async () => {
    const client = await stdio();
    const { data } = await client.call('propose_action', {
      ...wanted('5.2.1'),
      agent: { id: 'cache-agent', version: '9' },
      installation: 'elsewhere',
    });
    const { proposal } = await at().world.countersign.action(String(data.actionId)).state();
    expect(proposal).toMatchObject({
      agent: { id: 'deploy-agent' },
      installation: at().world.installation.name,
    });
  });

  test('say how an action would be ruled, and propose nothing by it', async () => {
    const client = await stdio();
    const before = (await at().world.ledger.head()).seq;
    const { text, data } = await client.call('list_action_types', {
      actionType: 'version.deploy',
      target: 'checkout',
    });
    expect(text).toMatch(
      /version\.deploy on checkout in production: tier 3, runs only when people approve, by /,
    );
    expect(data.rulings).toMatchObject([{ kind: 'permitted', tier: 3, mode: 'executeWithApproval' }]);
    expect((await at().world.ledger.head()).seq).toBe(before);
  });

  test('name all that is wrong with a proposal, in words and not as an error of the protocol', async () => {
    const client = await stdio();
    const refused = await client.call('propose_action', {
      ...wanted('5.2.2'),
      evidence: [],
      successCriteria: [],
    });
    expect(refused.isError).toBe(true);
    expect(refused.text).toMatch(/evidence: .*successCriteria: .*Correct all of it/);
    const unknown = await client.call('propose_action', { ...wanted('5.2.2'), target: 'nowhere' });
    expect(unknown.text).toContain('target:');
    expect((await client.call('get_action', { actionId: 7 })).text).toContain('actionId');
  });

  test('the same request twice is one action, and another one under its key is refused', async () => {
    const client = await stdio();
    const draft = wanted('5.3.0');
    const first = await client.call('propose_action', draft);
    const second = await client.call('propose_action', draft);
    expect(second.data.actionId).toBe(first.data.actionId);
    const other = await client.call('propose_action', { ...draft, params: { version: '6.6.6' } });
    expect([other.isError, other.text]).toEqual([true, expect.stringContaining('already names an action')]);
  });

  test('tell a denial and an expiry apart, and what may be done then', async () => {
    const client = await stdio();
    const { world } = at();
    const denied = String((await client.call('propose_action', wanted('5.4.0'))).data.actionId);
    await world.until(world.countersign.action(denied), 'waiting');
    await world.decide('grace', 'deny', world.countersign.action(denied));
    await world.until(world.countersign.action(denied), 'closed');
    const toldDenied = await client.call('get_action', { actionId: denied });
    expect(toldDenied).toMatchObject({ isError: false, data: { outcome: 'deniedByPerson' } });
    expect(toldDenied.text).toContain('Do not propose the same again');
    expect(toldDenied.data).not.toHaveProperty('pollAfterMs');

    const expired = String((await client.call('propose_action', wanted('5.4.1'))).data.actionId);
    await world.until(world.countersign.action(expired), 'waiting');
    await world.skip(world.countersign.action(expired), 24 * 3_600_000);
    await world.until(world.countersign.action(expired), 'closed');
    const toldExpired = await client.call('get_action', { actionId: expired });
    expect(toldExpired).toMatchObject({ isError: false, data: { outcome: 'expired' } });
    expect(toldExpired.text).toContain('that is no denial');
  });

  test('cancel and explain what the agent asked for, and nothing of other agents', async () => {
    const client = await stdio();
    const { world } = at();
    const { actionId } = (await client.call('propose_action', wanted('5.5.0'))).data;
    expect((await client.call('explain_action', { actionId })).text).toContain('whatLimitedIt');
    expect((await client.call('cancel_action', { actionId })).isError).toBe(false);
    await world.until(world.countersign.action(String(actionId)), 'closed');
    expect((await client.call('get_action', { actionId })).data).toMatchObject({ outcome: 'cancelled' });
    const foreign = await world.asked({
      ...deploy('5.5.1'),
      target: 'cart',
      actionType: 'cache.flush',
      agent: { id: 'cache-agent', version: '1.4.0' },
    });
    for (const tool of ['get_action', 'explain_action', 'cancel_action'])
      expect(await client.call(tool, { actionId: foreign.actionId })).toMatchObject({ isError: true });
    await foreign.cancel();
  });
});

describe('a client that can open addresses', () => {
  test('is pointed to the inbox, and that it was opened approves nothing', async () => {
    const opened: string[] = [];
    const client = await http({ modern: true, opened });
    const { data } = await client.call('propose_action', wanted('5.6.0'));
    expect(opened).toEqual([`${at().gateway.origin}/actions/${data.actionId}`]);
    expect(data.status).toBe('waiting');
    const action = at().world.countersign.action(String(data.actionId));
    expect((await action.state()).votes).toEqual([]);
    expect(await at().world.effectsOf(action)).toEqual([]);
  });

  test('brings back what was signed, for the same call and the same agent only', async () => {
    const { client } = await http({ modern: true, opened: [] });
    const ask = async (params: Record<string, unknown>, token = 'deploy-agent') => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await provider.token(token, url)}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': 'propose_action',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: {
            name: 'propose_action',
            ...params,
            _meta: {
              'io.modelcontextprotocol/protocolVersion': '2026-07-28',
              'io.modelcontextprotocol/clientInfo': { name: 'a-test', version: '1' },
              'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } },
            },
          },
        }),
      });
      return (await answer.json()) as {
        result?: Record<string, unknown>;
        error?: { data?: unknown; message: string };
      };
    };
    expect(client.getServerVersion()?.name).toBe('countersign');
    const draft = wanted('5.6.1');
    const { result } = await ask({ arguments: draft });
    expect(result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { inbox: { params: { mode: 'url' } } },
    });
    const requestState = String(result?.requestState);
    const inputResponses = { inbox: { action: 'decline' } };
    const again = await ask({ arguments: draft, requestState, inputResponses });
    expect(again.result).toMatchObject({ structuredContent: { status: 'waiting' } });
    const other = await ask({ arguments: wanted('5.6.2'), requestState, inputResponses });
    expect(other.result).toMatchObject({ isError: true });
    const [head = '', body = '', mac = ''] = requestState.split('.');
    const bent = `${head}.${body}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`;
    expect((await ask({ arguments: draft, requestState: bent, inputResponses })).error?.data).toEqual({
      reason: 'invalid_request_state',
    });
    const foreign = await ask({ arguments: draft, requestState, inputResponses }, 'cache-agent');
    expect(foreign.result).toBeUndefined();
  });
});

describe('over HTTP', () => {
  const post = (headers: Record<string, string>) =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    });

  test('nobody gets anything without a token, and is told where tokens come from', async () => {
    const answer = await post({});
    expect(answer.status).toBe(401);
    const metadata =
      /resource_metadata="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    expect(await (await fetch(metadata)).json()).toMatchObject({
      resource: url,
      authorization_servers: [provider.issuer],
    });
  });

  test.each([
    ['for another server', () => provider.token('deploy-agent', 'https://elsewhere.example/mcp')],
    [
      'that nobody signed',
      async () =>
        `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ sub: 'deploy-agent', aud: url, exp: 9_999_999_999 }))}.`.replaceAll(
          '=',
          '',
        ),
    ],
    [
      'of another provider',
      async () => {
        const other = await startTokenProvider('deploy-agent');
        const token = await other.token('deploy-agent', url);
        await other.stop();
        return token;
      },
    ],
  ])('a token %s is refused', async (_what, token) => {
    expect((await post({ authorization: `Bearer ${await token()}` })).status).toBe(401);
  });

  test('INVARIANT 13: a subject for whom the catalog does not list the key of this server can do nothing', async () => {
    for (const subject of ['cache-agent', 'nobody-agent']) await expect(http({}, subject)).rejects.toThrow();
  });

  test('the page of another site cannot reach it', async () => {
    const token = await provider.token('deploy-agent', url);
    expect((await post({ authorization: `Bearer ${token}`, origin: 'https://evil.example' })).status).toBe(
      403,
    );
  });
});

test('the conformance suite passes, but for what is about parts of the protocol that this server does not have', async () => {
  const results = await conformanceOf(url, await provider.token('deploy-agent', url));
  expect(results.size).toBeGreaterThanOrEqual(32);
  const failed = [...results].filter(([, result]) => result === 'failed').map(([scenario]) => scenario);
  expect(failed.toSorted()).toEqual(Object.keys({ ...NEEDS_ITS_TOOLS, ...OTHER_FEATURES }).toSorted());
});

test('a command with a key that the gateway does not know ends at once, and says why', async () => {
  const stranger = await keyFile('cache-agent', AGENT_KEY);
  const { status, stderr } = await run(
    'cli/main.js',
    ['mcp', '--gateway', at().gateway.origin, '--key', stranger.path],
    {},
  ).ended;
  expect([status, stderr]).toEqual([2, expect.stringContaining('the pass is refused')]);
  await stranger.remove();
});

test('a gateway that is away is told in words, and the call can be repeated', async () => {
  const gateway = await at().gateway.again({});
  const client = await new McpClient().over(overStdio(args(gateway.origin)));
  await gateway.stop();
  const { isError, text } = await client.call('propose_action', wanted('5.7.0'));
  expect([isError, text]).toEqual([true, expect.stringContaining('with the same idempotencyKey')]);
});

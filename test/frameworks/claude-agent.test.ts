import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSdkMcpServer,
  type HookCallback,
  type Options,
  query,
  type SDKResultMessage,
  tool,
} from '@anthropic-ai/claude-agent-sdk';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { canUseTool, governed, preToolUse } from '../../src/agents/adapters/claude-agent.ts';
import { actionOf, agentOf, callId, editAndApprove, explanation } from '../agents/support.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const world = useWorld();

/** What the tool did before it was governed. It must not be called any more. */
const ungoverned: string[] = [];

const toolsOf = (waitMs = 0) => [
  governed(
    tool('deploy', 'Deploys a version of checkout.', { version: z.string() }, async ({ version }) => {
      ungoverned.push(version);
      return { content: [{ type: 'text', text: `deployed ${version}` }] };
    }),
    { countersign: agentOf(world()), actionType: 'version.deploy', target: 'checkout', waitMs },
  ),
];

/** What the API of the model sends for one block of content, as server-sent events. */
const events = (block: object, delta: object, stop: string) => [
  {
    type: 'message_start',
    message: {
      id: `msg_${crypto.randomUUID()}`,
      type: 'message',
      role: 'assistant',
      model: 'scripted',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: block },
  { type: 'content_block_delta', index: 0, delta },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: 1 } },
  { type: 'message_stop' },
];

/** A model that calls the tool once, and afterwards repeats what it was told. It is at an address of this machine. */
async function scripted(id: string, version: string): Promise<string> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (!request.url?.startsWith('/v1/messages')) return response.writeHead(404).end('{}');
    const { messages = [], tools = [] } = JSON.parse(body || '{}');
    const told = JSON.stringify(messages).match(/"type":"tool_result".*/)?.[0];
    const input = JSON.stringify({ version, explanation });
    const hasTool = JSON.stringify(tools).includes('mcp__ops__deploy');
    const all =
      told !== undefined || !hasTool
        ? events({ type: 'text', text: '' }, { type: 'text_delta', text: told ?? 'ok' }, 'end_turn')
        : events(
            { type: 'tool_use', id, name: 'mcp__ops__deploy', input: {} },
            { type: 'input_json_delta', partial_json: input },
            'tool_use',
          );
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(all.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A session in a folder of its own, which knows nothing of this machine, and reaches the scripted model alone. */
async function sessionWith(id: string, version: string) {
  const folder = mkdtempSync(join(tmpdir(), 'claude-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    CLAUDE_CONFIG_DIR: join(folder, 'config'),
    ANTHROPIC_BASE_URL: await scripted(id, version),
    ANTHROPIC_API_KEY: 'a-scripted-model-takes-any',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ENABLE_TOOL_SEARCH: 'false',
  };
  return async (
    prompt: string,
    options: Options,
  ): Promise<SDKResultMessage & { deferred_tool_use?: object }> => {
    const all: Options = { cwd: folder, env, model: 'scripted', settingSources: [], ...options };
    for await (const message of query({ prompt, options: all }))
      if (message.type === 'result') return message;
    throw new Error('the session has no result');
  };
}

const textOf = (message: SDKResultMessage) => JSON.stringify(message);

test('a session is deferred while people decide; asked again, the hook lets the call run with the arguments that ran', async () => {
  const id = `toolu_${callId()}`;
  const session = await sessionWith(id, '2.5.0');
  const tools = toolsOf();
  const hook = preToolUse('ops', tools);
  const first = await session('Fix checkout.', {
    mcpServers: { ops: createSdkMcpServer({ name: 'ops', tools, alwaysLoad: true }) },
    hooks: { PreToolUse: [{ hooks: [hook as HookCallback] }] },
  });
  expect(first.deferred_tool_use).toMatchObject({ id, name: 'mcp__ops__deploy' });
  expect(ungoverned).toEqual([]);
  await editAndApprove(world(), actionOf(world(), id), '2.4.0');
  const again = await hook({
    hook_event_name: 'PreToolUse',
    tool_name: 'mcp__ops__deploy',
    tool_input: { version: '2.5.0', explanation },
    tool_use_id: id,
  });
  expect(again).toEqual({
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'allow',
      updatedInput: { version: '2.4.0', explanation },
    },
  });
  expect(await world().effectsOf(actionOf(world(), id))).toEqual(['setVersion']);
});

test('canUseTool waits for people, and gives the model the words of the end', async () => {
  const id = `toolu_${callId()}`;
  const session = await sessionWith(id, '2.4.0');
  const tools = toolsOf(PATIENCE.timeout);
  const running = session('Fix checkout.', {
    mcpServers: { ops: createSdkMcpServer({ name: 'ops', tools, alwaysLoad: true }) },
    canUseTool: canUseTool('ops', tools, async (name) => ({
      behavior: 'deny' as const,
      message: `${name} is not allowed here`,
    })),
  });
  const action = actionOf(world(), id);
  await expect.poll(() => action.state().catch(() => undefined), PATIENCE).toBeDefined();
  await world().decide('grace', 'approve', action);
  expect(textOf(await running)).toContain('It ran, and its metrics stayed within their limits.');
  expect(await world().effectsOf(action)).toEqual(['setVersion']);
  expect(ungoverned).toEqual([]);
});

test('the hook denies with words what people denied, and says nothing about other tools', async () => {
  const id = callId();
  const hook = preToolUse('ops', toolsOf());
  const call = {
    hook_event_name: 'PreToolUse',
    tool_use_id: id,
    tool_input: { version: '2.4.0', explanation },
  };
  expect(await hook({ ...call, tool_name: 'Bash' })).toEqual({});
  expect(await hook({ ...call, tool_name: 'mcp__other__deploy' })).toEqual({});
  expect(await hook({ ...call, tool_name: 'mcp__ops__deploy' })).toMatchObject({
    hookSpecificOutput: { permissionDecision: 'defer' },
  });
  await world().decide('grace', 'deny', actionOf(world(), id));
  await actionOf(world(), id).result();
  expect(await hook({ ...call, tool_name: 'mcp__ops__deploy' })).toMatchObject({
    hookSpecificOutput: {
      permissionDecision: 'deny',
      permissionDecisionReason: expect.stringContaining('grace denied it: deny by grace'),
    },
  });
});

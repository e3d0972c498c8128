import {
  Agent,
  type Model,
  type ModelRequest,
  RunState,
  run,
  setTracingDisabled,
  tool,
  Usage,
} from '@openai/agents';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { governed, settle } from '../../src/agents/adapters/openai-agents.ts';
import { actionOf, agentOf, callId, editAndApprove, explanation } from '../agents/support.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

setTracingDisabled(true);
const world = useWorld();

/** What the tool did before it was governed. It must not be called any more. */
const ungoverned: string[] = [];

/** A model that calls the tool once, and afterwards repeats what it was told. */
class Scripted implements Model {
  readonly requests: ModelRequest[] = [];
  readonly #id: string;
  readonly #version: string;

  constructor(id: string, version: string) {
    this.#id = id;
    this.#version = version;
  }

  async getResponse(request: ModelRequest) {
    this.requests.push(request);
    const told = Array.isArray(request.input)
      ? request.input.find(({ type }) => type === 'function_call_result')
      : undefined;
    const usage = new Usage();
    if (!told)
      return {
        usage,
        output: [
          {
            type: 'function_call' as const,
            callId: this.#id,
            name: 'deploy',
            status: 'completed' as const,
            arguments: JSON.stringify({ version: this.#version, explanation }),
          },
        ],
      };
    const text = JSON.stringify(told);
    return {
      usage,
      output: [
        {
          type: 'message' as const,
          role: 'assistant' as const,
          status: 'completed' as const,
          content: [{ type: 'output_text' as const, text }],
        },
      ],
    };
  }

  // biome-ignore lint/correctness/useYield: nothing streams here.
  async *getStreamedResponse(): AsyncIterable<never> {
    throw new Error('nothing streams here');
  }
}

function agentWith(model: Model, rules: { waitMs: number; pauses?: boolean } = { waitMs: 0 }) {
  const deploy = tool({
    name: 'deploy',
    description: 'Deploys a version of checkout.',
    parameters: z.object({ version: z.string() }),
    execute: async ({ version }) => {
      ungoverned.push(version);
      return `deployed ${version}`;
    },
  });
  return new Agent({
    name: 'deployer',
    model,
    tools: [
      governed(deploy, {
        countersign: agentOf(world()),
        actionType: 'version.deploy',
        target: 'checkout',
        ...rules,
      }),
    ],
  });
}

test('shows the model the tool with one more argument, and gives it the words of the end', async () => {
  const id = callId();
  const model = new Scripted(id, '2.4.0');
  const running = run(agentWith(model, { waitMs: PATIENCE.timeout }), 'Fix checkout.');
  const action = actionOf(world(), id);
  await expect.poll(() => action.state().catch(() => undefined), PATIENCE).toBeDefined();
  await world().decide('grace', 'approve', action);
  const { finalOutput, interruptions } = await running;
  expect(interruptions).toEqual([]);
  expect(finalOutput).toContain('It ran, and its metrics stayed within their limits.');
  expect(await world().effectsOf(action)).toEqual(['setVersion']);
  expect(ungoverned).toEqual([]);
  expect(model.requests[0]?.tools).toMatchObject([
    {
      name: 'deploy',
      strict: true,
      parameters: {
        properties: { version: { type: 'string' }, explanation: { properties: { summary: {} } } },
        required: ['version', 'explanation'],
      },
    },
  ]);
});

test('is interrupted while people decide; the stored state goes on in another process, with the arguments that ran', async () => {
  const id = callId();
  const model = new Scripted(id, '2.5.0');
  const { interruptions, state } = await run(agentWith(model), 'Fix checkout.');
  expect(interruptions.map(({ name }) => name)).toEqual(['deploy']);
  const stored = state.toString();

  const agent = agentWith(model);
  expect(await settle(await RunState.fromString(agent, stored), agent.tools)).toBe(false);
  await editAndApprove(world(), actionOf(world(), id), '2.4.0');
  const restored = await RunState.fromString(agent, stored);
  expect(await settle(restored, agent.tools)).toBe(true);
  const { finalOutput } = await run(agent, restored);
  expect(JSON.parse(finalOutput ?? '')).toMatchObject({
    output: { text: expect.stringContaining('what ran is {"version":"2.4.0"}') },
  });
  expect(await world().effectsOf(actionOf(world(), id))).toEqual(['setVersion']);
  expect(ungoverned).toEqual([]);
});

test('tells the model who denied, and why', async () => {
  const id = callId();
  const agent = agentWith(new Scripted(id, '2.4.0'));
  const { state } = await run(agent, 'Fix checkout.');
  await world().decide('grace', 'deny', actionOf(world(), id));
  await actionOf(world(), id).result();
  expect(await settle(state, agent.tools)).toBe(true);
  expect((await run(agent, state)).finalOutput).toContain('grace denied it: deny by grace');
});

test('an approval that somebody gave this process lets nothing run', async () => {
  const id = callId();
  const agent = agentWith(new Scripted(id, '2.4.0'));
  const { state } = await run(agent, 'Fix checkout.');
  for (const item of state.getInterruptions()) state.approve(item);
  const { finalOutput } = await run(agent, state);
  expect(finalOutput ?? '').not.toContain('It ran');
  const action = actionOf(world(), id);
  expect(await action.state()).toMatchObject({ status: 'waiting' });
  expect(await world().effectsOf(action)).toEqual([]);
  expect(ungoverned).toEqual([]);
  await action.cancel();
});

test('that does not pause goes on, and the model is told that nothing is known yet', async () => {
  const id = callId();
  const { finalOutput } = await run(
    agentWith(new Scripted(id, '2.4.0'), { waitMs: 0, pauses: false }),
    'Fix checkout.',
  );
  expect(finalOutput).toContain('Nothing is known to have succeeded yet.');
  await actionOf(world(), id).cancel();
});

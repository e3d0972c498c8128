import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { Command, MemorySaver } from '@langchain/langgraph';
import { createAgent, humanInTheLoopMiddleware, tool } from 'langchain';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { decisions, governed, interruptOn } from '../../src/agents/adapters/langchain.ts';
import { actionOf, agentOf, callId, editAndApprove, explanation } from '../agents/support.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const world = useWorld();

/** What the tool did before it was governed. It must not be called any more. */
const ungoverned: string[] = [];

interface Wanted {
  readonly id: string;
  readonly version: string;
}

/** A model that makes these calls once, and afterwards repeats what it was told. */
class Scripted extends BaseChatModel {
  readonly #wanted: readonly Wanted[];
  shown: readonly object[] = [];

  constructor(...wanted: readonly Wanted[]) {
    super({});
    this.#wanted = wanted;
  }

  override _llmType() {
    return 'scripted';
  }

  override bindTools(tools: readonly object[]) {
    this.shown = tools;
    return this;
  }

  async _generate(messages: readonly BaseMessage[]) {
    const told = messages.filter(({ type }) => type === 'tool').map(({ text }) => text);
    const message =
      told.length > 0
        ? new AIMessage(told.join('\n'))
        : new AIMessage({
            content: '',
            tool_calls: this.#wanted.map(({ id, version }) => ({
              type: 'tool_call' as const,
              id,
              name: 'deploy',
              args: { version, explanation },
            })),
          });
    return { generations: [{ text: message.text, message }] };
  }
}

const deploy = tool(
  async ({ version }: { version: string }) => {
    ungoverned.push(version);
    return `deployed ${version}`;
  },
  {
    name: 'deploy',
    description: 'Deploys a version of checkout.',
    schema: z.object({ version: z.string() }),
  },
);

const toolsOf = (waitMs = 0) => [
  governed(deploy, {
    countersign: agentOf(world()),
    actionType: 'version.deploy',
    target: 'checkout',
    waitMs,
  }),
];

const asked = { messages: [{ role: 'user', content: 'Fix checkout.' }] };
const lastOf = ({ messages }: { messages: BaseMessage[] }) => messages.at(-1)?.text ?? '';

/** An agent that stops while people decide, and goes on from what was stored. */
function pausing(model: BaseChatModel, checkpointer: MemorySaver, tools = toolsOf()) {
  const middleware = [humanInTheLoopMiddleware({ interruptOn: interruptOn(tools) })];
  return { agent: createAgent({ model, tools, middleware, checkpointer }), tools };
}

const inThread = () => ({ configurable: { thread_id: crypto.randomUUID() } });

test('shows the model the tool with one more argument, and gives it the words of the end', async () => {
  const id = callId();
  const model = new Scripted({ id, version: '2.4.0' });
  const running = createAgent({ model, tools: toolsOf(PATIENCE.timeout) }).invoke(asked);
  const action = actionOf(world(), id);
  await expect.poll(() => action.state().catch(() => undefined), PATIENCE).toBeDefined();
  await world().decide('grace', 'approve', action);
  expect(lastOf(await running)).toContain('It ran, and its metrics stayed within their limits.');
  expect(await world().effectsOf(action)).toEqual(['setVersion']);
  expect(ungoverned).toEqual([]);
  const [shown] = model.shown as { name: string; schema: z.ZodType }[];
  expect(shown?.name).toBe('deploy');
  expect(shown && z.toJSONSchema(shown.schema)).toMatchObject({ required: ['version', 'explanation'] });
});

test('is interrupted while people decide, and goes on from its checkpoint with the edited arguments', async () => {
  const id = callId();
  const config = inThread();
  const stored = new MemorySaver();
  const { agent, tools } = pausing(new Scripted({ id, version: '2.5.0' }), stored);
  const result = await agent.invoke(asked, config);
  expect(result.__interrupt__).toHaveLength(1);
  expect(await decisions(result, tools)).toBeUndefined();
  await editAndApprove(world(), actionOf(world(), id), '2.4.0');

  const resume = await decisions(result, tools);
  expect(resume?.decisions).toEqual([
    { type: 'edit', editedAction: { name: 'deploy', args: { version: '2.4.0', explanation } } },
  ]);
  const other = pausing(new Scripted({ id, version: '2.5.0' }), stored);
  const after = await other.agent.invoke(new Command({ resume }), config);
  expect(lastOf(after)).toContain('what ran is {"version":"2.4.0"}');
  expect(
    after.messages.flatMap((message) => (AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [])),
  ).toMatchObject([{ args: { version: '2.4.0' } }]);
  expect(await world().effectsOf(actionOf(world(), id))).toEqual(['setVersion']);
  expect(ungoverned).toEqual([]);
});

test('decides each call of one turn by itself, and the model is told of each', async () => {
  const [run, deny] = [callId(), callId()];
  const config = inThread();
  const model = new Scripted({ id: run, version: '2.4.0' }, { id: deny, version: '2.5.0' });
  const { agent, tools } = pausing(model, new MemorySaver());
  const result = await agent.invoke(asked, config);
  expect(await decisions(result, tools)).toBeUndefined();
  await world().decide('grace', 'deny', actionOf(world(), deny));
  await world().decide('grace', 'approve', actionOf(world(), run));
  await Promise.all([run, deny].map((id) => actionOf(world(), id).result()));
  const resume = await decisions(result, tools);
  const said = lastOf(await agent.invoke(new Command({ resume }), config));
  expect(said).toContain('It ran, and its metrics stayed within their limits.');
  expect(said).toContain('grace denied it: deny by grace');
});

test('tells the model who denied, and why', async () => {
  const id = callId();
  const config = inThread();
  const { agent, tools } = pausing(new Scripted({ id, version: '2.4.0' }), new MemorySaver());
  const result = await agent.invoke(asked, config);
  expect(await decisions(result, tools)).toBeUndefined();
  await world().decide('grace', 'deny', actionOf(world(), id));
  await actionOf(world(), id).result();
  const resume = await decisions(result, tools);
  expect(resume?.decisions).toMatchObject([{ type: 'reject' }]);
  const after = await agent.invoke(new Command({ resume }), config);
  expect(lastOf(after)).toContain('grace denied it: deny by grace');
});

test('an approval that somebody gave this process lets nothing run', async () => {
  const id = callId();
  const config = inThread();
  const { agent } = pausing(new Scripted({ id, version: '2.4.0' }), new MemorySaver());
  await agent.invoke(asked, config);
  const after = await agent.invoke(new Command({ resume: { decisions: [{ type: 'approve' }] } }), config);
  expect(lastOf(after)).toContain('Nothing is known to have succeeded yet.');
  const action = actionOf(world(), id);
  expect(await world().effectsOf(action)).toEqual([]);
  expect(ungoverned).toEqual([]);
  await action.cancel();
});

test('a call without an id is not governed, and runs nothing', async () => {
  await expect(toolsOf()[0]?.invoke({ version: '2.4.0', explanation } as never)).rejects.toThrow('has no id');
  expect(ungoverned).toEqual([]);
});

import type { Effect, EffectResult, Executor } from '../../activities/ports/executor.ts';
import type { Auth } from '../../config/index.ts';
import type { McpPlan } from '../../domain/action/action.ts';
import { answerLine } from '../answer-text.ts';
import { credentialsByOrigin, NO_CREDENTIALS, type Prove } from '../credentials.ts';
import { type Minting, NO_MINTING } from '../minting/minting.ts';
import { NO_VARIABLES, type Variables } from '../program.ts';
import { addressFault } from '../request.ts';

/** How much of a plan's time may pass until the server has said which tools it has, in milliseconds. */
const OPEN_MS = 20_000;

/**
 * Calls one tool of an MCP server, once. The call carries the idempotency key and the fencing token in `_meta`.
 *
 * Done: a result that is no error. Refused: the server cannot be reached, has no such tool, or says something else of it than what was
 * approved; then nothing was called. Unknown: an error, and a call without a result in time, because a tool may fail half way.
 *
 * @param systems the credentials, by the origin that they are sent to
 * @param now milliseconds of a clock that never goes back
 * @param minting what is minted for an attempt takes their place
 */
export function createMcpExecutor(
  systems: Readonly<Record<string, Auth>>,
  now: () => number,
  minting: Minting = NO_MINTING,
): Executor {
  const proveTo = credentialsByOrigin(systems);
  return {
    run: async (effect) => {
      const { plan } = effect;
      if (plan.executor !== 'mcp')
        return { kind: 'refused', reason: `a ${plan.executor} plan is not a call of an MCP tool` };
      const { server } = plan;
      if ('argv' in server)
        return minting(effect, async (minted) => {
          // A program gets its variables when it is started.
          const variables = await minted.variablesOf(server.credentials, Math.min(OPEN_MS, plan.timeoutMs));
          return variables.kind === 'missing'
            ? refused(`the MCP server was not started: ${variables.why}`)
            : call(effect, plan, { prove: NO_CREDENTIALS, variables }, now);
        });
      const fault = addressFault(server.url);
      if (fault !== undefined) return { kind: 'refused', reason: fault };
      const url = new URL(server.url);
      return minting(effect, (minted) =>
        call(effect, plan, { prove: minted.proveTo(url) ?? proveTo(url), variables: NO_VARIABLES }, now),
      );
    },
  };
}

/** What proves to a server who asks. */
interface Proof {
  readonly prove: Prove;
  /** What a program finds besides what its plan names. */
  readonly variables: Variables;
}

async function call(
  effect: Effect,
  plan: McpPlan,
  { prove, variables }: Proof,
  now: () => number,
): Promise<EffectResult> {
  const until = now() + plan.timeoutMs;
  // Workers that call no tool need not load the client.
  const { openUpstream, toolDigestOf } = await import('./upstream.ts');
  const openMs = Math.min(OPEN_MS, plan.timeoutMs);
  const opened = await openUpstream(plan.server, prove, openMs, variables).catch((error: Error) => error);
  if (opened instanceof Error) return refused(`the MCP server cannot be used: ${opened.message}`);
  const { client, tools, hide, close } = opened;
  try {
    const tool = tools.find(({ name }) => name === plan.tool);
    if (!tool) return refused(`the MCP server has no tool ${plan.tool}`);
    const digest = toolDigestOf(tool);
    if (digest !== plan.toolDigest)
      return refused(
        `the MCP server changed the tool ${plan.tool}: it is ${digest}, ${plan.toolDigest} was approved`,
      );
    // The time of the plan is for all of it: who waits for it has given up by then, and a later call would be one that nobody knows of.
    const leftMs = until - now();
    if (leftMs <= 0)
      return refused('the MCP server took so long to say which tools it has that no time was left');
    const { content, structuredContent, isError } = await client.callTool(
      {
        name: plan.tool,
        arguments: { ...plan.arguments },
        _meta: {
          'countersign.dev/action': effect.actionId,
          'countersign.dev/idempotency-key': effect.idempotencyKey,
          'countersign.dev/fencing-token': effect.fencingToken,
        },
      },
      { timeout: leftMs },
    );
    const texts = content.map((part) => (part.type === 'text' ? part.text : part.type));
    const said = texts.join(' ') || JSON.stringify(structuredContent ?? null);
    const summary = answerLine(hide(said));
    return isError === true
      ? { kind: 'unknown', reason: `the tool failed: ${summary}` }
      : { kind: 'done', summary };
  } catch (error) {
    return {
      kind: 'unknown',
      reason: answerLine(hide(error instanceof Error ? error.message : String(error))),
    };
  } finally {
    await close().catch(() => undefined);
  }
}

const refused = (reason: string): EffectResult => ({ kind: 'refused', reason: answerLine(reason) });

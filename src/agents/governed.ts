import type { Countersign } from '../client/countersign.ts';
import { signProposal } from '../client/sign.ts';
import { isUnanswered } from '../client/unanswered.ts';
import { ActionNotFound, IdempotencyConflict, ProposalRefused } from '../contract/errors.ts';
import { actionIdOf, actionPageUrl } from '../contract/ids.ts';
import { identifier } from '../contract/json.ts';
import type { AgentBuild, Proposal } from '../domain/action/action.ts';
import type { ActionState } from '../domain/record/action-state.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { type Answer, type Arguments, over, pending, refused } from './answer.ts';
import { type AgentExplanation, EXPLANATION } from './explanation.ts';

/** Who asks, for whom, and where people answer. */
export interface AgentOptions {
  readonly agent: AgentBuild;
  readonly environment: string;
  /** The address of the gateway, such as `https://approvals.example.com`. With it, a model can say where people decide. */
  readonly inbox?: string;
  /**
   * The id of the conversation. Needed where the ids of calls are unique in a conversation only: the same id is the same action, which runs once.
   */
  readonly run?: string;
  /** The agent's own key, where the catalog lists one: its proposals are then signed. */
  readonly key?: { readonly installation: string; readonly x: string; readonly d: string };
}

/** A connection to Countersign that asks as one agent. */
export interface CountersignAgent extends AgentOptions {
  readonly connection: Pick<Countersign, 'propose' | 'action'>;
}

/** Says which agent asks over a connection, and where. */
export const asAgent = (
  connection: Pick<Countersign, 'propose' | 'action'>,
  options: AgentOptions,
): CountersignAgent => ({ ...options, connection });

/** How calls of a tool become governed actions. */
export interface Governing {
  readonly countersign: CountersignAgent;
  /** The action type of the installation. Its executor is what runs. */
  readonly actionType: string;
  /** The name of the catalog component, or how it follows from the arguments. */
  readonly target: string | ((args: Arguments) => string);
  /** The parameters of the action type. Absent: the arguments of the tool. */
  readonly params?: (args: Arguments) => Arguments;
  /** Says why, for a model that need not. Absent: the model says so itself, in one more argument. */
  readonly explain?: (args: Arguments) => AgentExplanation;
  /** How long a call waits for its action to end, in milliseconds, before it is pending. Default: 50 seconds. */
  readonly waitMs?: number;
  /**
   * Whether a run stops in its framework's own way while a call is pending, so that it can be stored and gone on with once people decided. `false`:
   * the model is told that it is pending, and goes on. Default: true.
   */
  readonly pauses?: boolean;
}

/** How a call of a governed tool stands. Proposes it where that was not done yet. */
export type Ask = (call: Call) => Promise<Answer>;

export interface Call {
  /** The id that the model's provider or the framework gave it. The same id is the same action. */
  readonly id: string;
  readonly input: unknown;
}

const WAIT_MS = 50_000;
/** How long a signature is good for, in milliseconds. */
const SIGNED_FOR_MS = 3_600_000;

/**
 * Asks Countersign about one call of a tool: proposes it, or finds the action that it became. Never runs anything here. The answer is "pending"
 * where it did not end in time.
 *
 * @param waitMs how long to wait for the end, in milliseconds
 */
export async function askAbout(
  { countersign, ...governing }: Governing,
  { id, input }: Call,
  waitMs = governing.waitMs ?? WAIT_MS,
): Promise<Answer> {
  const called = readArguments(input);
  const { [EXPLANATION]: said, ...withoutExplanation } = called;
  const args = governing.explain ? called : withoutExplanation;
  const proposal = proposalOf(countersign, governing, args, governing.explain?.(args) ?? said, id);
  const action = countersign.connection.action(actionIdOf(proposal));
  const { actionId } = action;
  const inboxUrl =
    countersign.inbox === undefined
      ? undefined
      : actionPageUrl(countersign.inbox.replace(/\/$/, ''), actionId);
  try {
    const isKnown = async () => isAbout(await ifKnown(() => action.state()), proposal);
    if (!(await isKnown()))
      await countersign.connection.propose(signed(proposal, countersign.key)).catch(async (error) => {
        // The same call may have been asked about meanwhile: the signature of that proposal has another end.
        if (!(error instanceof IdempotencyConflict && (await isKnown()))) throw error;
      });
    if (waitMs > 0) await action.resultWithin(waitMs);
    const state = await action.state();
    return hasEnded(state) ? over(actionId, state, called) : pending(actionId, state.status, inboxUrl);
  } catch (error) {
    if (error instanceof ProposalRefused) return refused(error.faults);
    if (error instanceof IdempotencyConflict)
      return refused([
        { where: 'the call', problem: `${id} is the id of an earlier call with other arguments` },
      ]);
    // The proposal is kept, and no worker answers now.
    if (isUnanswered(error)) return pending(actionId, 'assessing', inboxUrl);
    throw error;
  }
}

/** What a model sent. What is no object has no arguments, and is refused for what is missing. */
const readArguments = (input: unknown): Arguments =>
  typeof input === 'object' && input !== null ? JSON.parse(JSON.stringify(input)) : {};

function proposalOf(
  { agent, environment, run }: AgentOptions,
  { actionType, target, params }: Omit<Governing, 'countersign'>,
  args: Arguments,
  explanation: unknown,
  callId: string,
): Proposal {
  const { summary, confidence, alternatives, ...rest } = Object(explanation);
  const key = run === undefined ? callId : `${run}.${callId}`;
  return {
    actionType,
    target: typeof target === 'string' ? target : target(args),
    environment,
    params: params?.(args) ?? args,
    agent,
    // What a model wrote is checked with the whole proposal.
    rationale: { summary, confidence, alternatives },
    evidence: rest.evidence,
    successCriteria: rest.successCriteria,
    idempotencyKey: identifier.safeParse(key).success ? key : digestOf(key),
  };
}

const signed = (proposal: Proposal, key: AgentOptions['key']): Proposal =>
  key === undefined
    ? proposal
    : signProposal(
        { ...proposal, installation: key.installation, expiresAt: Date.now() + SIGNED_FOR_MS },
        key,
      );

async function ifKnown(state: () => Promise<ActionState>): Promise<ActionState | undefined> {
  try {
    return await state();
  } catch (error) {
    if (error instanceof ActionNotFound) return undefined;
    throw error;
  }
}

/** Whether an action is what this call asked for, or what people made of it: a framework may call a tool again with the edited arguments. */
function isAbout(state: ActionState | undefined, { actionType, params, target }: Proposal): boolean {
  if (state === undefined) return false;
  const { proposal, action } = state;
  const known = [proposal.params, ...(action ? [action.params] : [])].map(digestOf);
  return proposal.actionType === actionType && proposal.target === target && known.includes(digestOf(params));
}

const hasEnded = (
  state: ActionState,
): state is ActionState & { readonly outcome: NonNullable<ActionState['outcome']> } =>
  state.outcome !== undefined;

/** Whether a framework calls the tool, which then says how the action ended. What was not let run is a denial with words. */
export const mayGoOn = (answer: Answer): boolean => answer.kind === 'over' && answer.wasLetRun;

const ASK = Symbol.for('countersign.ask');

/** What marks a tool as governed. */
export interface Governed {
  readonly [ASK]: Ask;
}

export const markedWith = (ask: Ask): Governed => ({ [ASK]: ask });

/** How calls of this tool stand. Undefined where it is not governed. */
export const askOf = (tool: object | undefined): Ask | undefined => Reflect.get(tool ?? {}, ASK);

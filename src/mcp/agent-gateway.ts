import { z } from 'zod';
import { request } from '../adapters/request.ts';
import { signProposal } from '../client/index.ts';
import { ProposalRefused } from '../contract/errors.ts';
import { actionIdOf, actionPageUrl } from '../contract/ids.ts';
import { faultSchema } from '../contract/json.ts';
import type { AgentBuild, Proposal } from '../domain/action/action.ts';
import type { ActionState } from '../domain/record/action-state.ts';
import type { Trial, Tried } from '../domain/ruling/tried.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { type Fault, type Json, jsonIn } from '../domain/shared/json.ts';
import { type PrivateJwk, signerWith } from '../keys/ed25519.ts';

/** What an agent may ask for, as the gateway says. */
export interface Offered {
  readonly installation: string;
  readonly actionTypes: readonly {
    readonly name: string;
    readonly title: string;
    readonly parameters: { readonly [name: string]: Json };
  }[];
  readonly targets: readonly string[];
  readonly environments: readonly string[];
}

/** What the gateway answered. `refused`: it says why, and `faults` holds all that is wrong. `away`: nobody answered, and the same can be asked again. */
export type Answer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | {
      readonly kind: 'refused';
      readonly problem: string;
      readonly reason: string;
      readonly faults: readonly Fault[];
    }
  | { readonly kind: 'away'; readonly reason: string };

/** What an agent writes itself: the rest of a proposal is known here. */
export type Draft = Omit<
  Proposal,
  'agent' | 'installation' | 'expiresAt' | 'signature' | 'authenticated' | 'takesBack'
>;

export interface AgentGatewaySettings {
  /** The gateway's address, without a path: as the installation names it. */
  readonly origin: string;
  /** A private key whose public half the catalog lists for the agent. */
  readonly key: PrivateJwk;
  readonly agent: AgentBuild;
}

/** How long an answer may take, in milliseconds, and how large it may be, in bytes. */
const ANSWER_MS = 20_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** How long a pass is valid, in seconds: one is made for each request. */
const PASS_S = 120;
/** How long a signed proposal may be ruled on, in milliseconds. */
const GOOD_FOR_MS = 15 * 60_000;

const problemSchema = z.object({
  type: z.string(),
  detail: z.string(),
  errors: z.array(faultSchema).optional(),
});
const PROBLEM = 'urn:countersign:problem:';

/** One agent at the gateway: it signs what it proposes, and sees its own actions. */
export class AgentGateway {
  readonly agent: AgentBuild;
  readonly #origin: string;
  readonly #key: PrivateJwk;

  constructor({ origin, key, agent }: AgentGatewaySettings) {
    this.#origin = origin;
    this.#key = key;
    this.agent = agent;
  }

  /** The page on which people decide. */
  inboxUrl(actionId: string): string {
    return actionPageUrl(this.#origin, actionId);
  }

  offered(): Promise<Answer<Offered>> {
    return this.#ask('GET', '/api/action-types');
  }

  async tryRulings(trials: readonly Trial[]): Promise<Answer<readonly Tried[]>> {
    const answer = await this.#ask<{ items: Tried[] }>('POST', '/api/trial-rulings', {
      agent: this.agent,
      trials,
    });
    return answer.kind === 'answer' ? { kind: 'answer', value: answer.value.items } : answer;
  }

  /** The state of an action, once it is over or people wait for an answer, and after so many seconds anyhow. */
  async read(actionId: string, waitSeconds = 0): Promise<Answer<ActionState>> {
    const path = `/api/actions/${encodeURIComponent(actionId)}?wait=${waitSeconds}`;
    const answer = await this.#ask<{ state: ActionState }>('GET', path, undefined, waitSeconds);
    return answer.kind === 'answer' ? { kind: 'answer', value: answer.value.state } : answer;
  }

  explain(actionId: string): Promise<Answer<Readonly<Record<string, Json>>>> {
    return this.#ask('GET', `/api/actions/${encodeURIComponent(actionId)}/explanation`);
  }

  cancel(actionId: string): Promise<Answer<unknown>> {
    return this.#ask('POST', `/api/actions/${encodeURIComponent(actionId)}/cancel`, {});
  }

  answer(actionId: string, questionId: string, text: string): Promise<Answer<unknown>> {
    return this.#ask('POST', `/api/actions/${encodeURIComponent(actionId)}/answers`, { questionId, text });
  }

  /**
   * Proposes an action in the agent's name. The same idempotency key is the same action: with the same content the answer is that action,
   * although each signature names another expiry.
   */
  async propose(draft: Draft, installation: string): Promise<Answer<{ readonly actionId: string }>> {
    const expiresAt = Date.now() + GOOD_FOR_MS;
    let proposal: Proposal;
    try {
      proposal = signProposal({ ...draft, agent: this.agent, installation, expiresAt }, this.#key);
    } catch (error) {
      if (!(error instanceof ProposalRefused)) throw error;
      return { kind: 'refused', problem: 'refused', reason: 'the proposal is refused', faults: error.faults };
    }
    const answer = await this.#ask<{ actionId: string }>('POST', '/api/actions', proposal);
    if (answer.kind !== 'refused' || answer.problem !== 'conflict') return answer;
    const actionId = actionIdOf(proposal);
    const known = await this.read(actionId);
    return known.kind === 'answer' && contentOf(known.value.proposal) === contentOf(proposal)
      ? { kind: 'answer', value: { actionId } }
      : answer;
  }

  async #ask<T>(method: 'GET' | 'POST', path: string, body?: object, waitSeconds = 0): Promise<Answer<T>> {
    const iat = Math.floor(Date.now() / 1_000);
    const sign = await signerWith(this.#key);
    const pass = await sign({ agent: this.agent.id, aud: this.#origin, iat, exp: iat + PASS_S });
    const answer = await request(
      new URL(path, this.#origin),
      async () => ({
        kind: 'headers',
        headers: { authorization: `Bearer ${pass}` },
        hide: (text) => text.replaceAll(pass, '***'),
      }),
      {
        method,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: ANSWER_MS + waitSeconds * 1_000,
        maxBytes: MAX_ANSWER_BYTES,
      },
    );
    if (answer.kind === 'none')
      return { kind: 'away', reason: `the gateway does not answer: ${answer.reason}` };
    if (answer.status >= 200 && answer.status < 300)
      return { kind: 'answer', value: JSON.parse(answer.text) as T };
    const problem = problemSchema.safeParse(jsonIn(answer.text)).data;
    if (!problem || answer.status >= 500)
      return { kind: 'away', reason: problem?.detail ?? `the gateway answered with status ${answer.status}` };
    const { type, detail, errors = [] } = problem;
    return { kind: 'refused', problem: type.replace(PROBLEM, ''), reason: detail, faults: errors };
  }
}

/** What an agent asks for, without the time at which it asked. */
const contentOf = ({ expiresAt: _, signature: __, ...content }: Proposal) => digestOf(content);

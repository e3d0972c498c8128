import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { zodFaultsOf } from '../contract/json.ts';
import { proposalSchema } from '../contract/proposal.ts';
import { MOST_TRIALS } from '../contract/trial.ts';
import type { Trial, Tried } from '../domain/ruling/tried.ts';
import type { AgentGateway, Answer, Draft, Offered } from './agent-gateway.ts';
import { refusedText, type Told, told } from './words.ts';

/** One tool: what a model reads of it, and what a call does. */
export interface AgentTool {
  readonly definition: Tool;
  call(given: unknown): Promise<ToolAnswer>;
}

/** `action`: the call is about an action that exists, and how it stands. */
export type ToolAnswer =
  | { readonly kind: 'action'; readonly told: Told }
  | { readonly kind: 'result'; readonly result: CallToolResult };

/** The longest that a call waits, in seconds: many clients give up after a minute. */
const LONGEST_WAIT_S = 50;

/** What an agent has to say besides what it wants to do. INVARIANT 11: without it the proposal is refused. */
const explained = proposalSchema.pick({
  rationale: true,
  evidence: true,
  successCriteria: true,
  idempotencyKey: true,
  declaredTier: true,
});

export const EXPLAINED = z.toJSONSchema(explained, { io: 'input', unrepresentable: 'any' }) as unknown as {
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
};

const DESCRIBED: Readonly<Record<string, string>> = {
  rationale:
    'Why: a summary, how sure you are (0 to 1), and the alternatives that you considered, each with why not.',
  evidence: 'What you saw: people read it before they decide.',
  successCriteria: 'What will be true if it works.',
  idempotencyKey:
    'Your own name for this request: letters, digits, ".", "_", "-". The same key is the same request, however often you call.',
  declaredTier: 'Ask for more caution than the rules do: 3 asks people, 4 only recommends. Never less.',
};

export const explainedProperties = Object.fromEntries(
  Object.entries(EXPLAINED.properties).map(([name, schema]) => [
    name,
    { ...schema, description: DESCRIBED[name] },
  ]),
);

const HOW =
  'It answers at once, with an actionId. The action may run at once, wait for people, or be refused: the answer says which. Nobody but people in the inbox can approve; then ask get_action.';

const aboutAction = z.strictObject({ actionId: z.string().min(1).max(500) });
const ACTION_ID = { actionId: { type: 'string', description: 'As the proposal answered it.' } } as const;

/** Proposes what a model wrote, and says how it stands. */
export function proposer(gateway: AgentGateway, { installation }: Pick<Offered, 'installation'>) {
  return async (draft: Draft): Promise<ToolAnswer> => {
    const answer = await gateway.propose(draft, installation);
    return answer.kind === 'answer' ? stands(gateway, answer.value.actionId) : notAnswered(answer);
  };
}

/** How an action stands, once it is over or people wait for an answer, and after so many seconds anyhow. */
export async function stands(gateway: AgentGateway, actionId: string, waitSeconds = 0): Promise<ToolAnswer> {
  const answer = await gateway.read(actionId, waitSeconds);
  if (answer.kind !== 'answer') return notAnswered(answer);
  return { kind: 'action', told: told(answer.value, actionId, gateway.inboxUrl(actionId)) };
}

/** All tools of an agent. There is none to approve: people decide in the inbox. */
export function agentTools(gateway: AgentGateway, offered: Offered): AgentTool[] {
  const { actionTypes, targets, environments } = offered;

  const propose = proposer(gateway, offered);

  const named = {
    target: { type: 'string', enum: [...targets], description: 'The service to act on.' },
    environment: { type: 'string', enum: [...environments] },
  };
  const proposing = (properties: object, required: readonly string[]): Tool['inputSchema'] => ({
    type: 'object',
    properties: { ...properties, ...named, ...explainedProperties },
    required: [...required, 'target', 'environment', ...EXPLAINED.required],
    additionalProperties: false,
  });
  const writes = { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true };
  const reads = { readOnlyHint: true, openWorldHint: false };

  const ofTypes = [...ownNames(actionTypes)].map(
    ([name, { name: actionType, title, parameters }]): AgentTool => ({
      definition: {
        name,
        title: `Propose: ${title}`,
        description: `Proposes the action ${actionType} ("${title}"). ${HOW}`,
        inputSchema: proposing({ params: paramsSchema(actionType, parameters) }, ['params']),
        annotations: writes,
      },
      call: (given) => propose({ ...Object(given), actionType }),
    }),
  );

  return [
    {
      definition: {
        name: 'propose_action',
        title: 'Propose an action',
        description: `Proposes an action of any type: list_action_types says which there are. ${HOW}`,
        inputSchema: proposing(
          {
            actionType: { type: 'string', enum: actionTypes.map(({ name }) => name) },
            params: { type: 'object', description: 'The parameters of the action type.' },
          },
          ['actionType', 'params'],
        ),
        annotations: writes,
      },
      call: (given) => propose(Object(given)),
    },
    ...ofTypes,
    {
      definition: {
        name: 'get_action',
        title: 'How an action stands',
        description: `Says how one of your actions stands. It answers once the action is over or people ask you something, and after waitSeconds (at most ${LONGEST_WAIT_S}) anyhow; then it says when to ask again.`,
        inputSchema: {
          type: 'object',
          properties: {
            ...ACTION_ID,
            waitSeconds: { type: 'integer', minimum: 0, maximum: LONGEST_WAIT_S, default: LONGEST_WAIT_S },
          },
          required: ['actionId'],
          additionalProperties: false,
        },
        annotations: reads,
      },
      call: (given) =>
        parsed(
          aboutAction.extend({
            waitSeconds: z.number().int().min(0).max(LONGEST_WAIT_S).default(LONGEST_WAIT_S),
          }),
          given,
          ({ actionId, waitSeconds }) => stands(gateway, actionId, waitSeconds),
        ),
    },
    {
      definition: {
        name: 'cancel_action',
        title: 'Cancel an action',
        description:
          'Cancels one of your own requests. What already ran is taken back. It answers at once; ask get_action for the end.',
        inputSchema: {
          type: 'object',
          properties: ACTION_ID,
          required: ['actionId'],
          additionalProperties: false,
        },
        annotations: { ...writes, destructiveHint: false },
      },
      call: (given) =>
        parsed(aboutAction, given, async ({ actionId }) => {
          const answer = await gateway.cancel(actionId);
          return answer.kind === 'answer'
            ? text(`It is being cancelled. Ask get_action for ${actionId}: it ends as "cancelled".`, {
                actionId,
              })
            : notAnswered(answer);
        }),
    },
    {
      definition: {
        name: 'explain_action',
        title: 'Why an action was ruled as it was',
        description:
          'Says who gave the authority for one of your actions, what limited it, how it was decided, and what would have changed the ruling.',
        inputSchema: {
          type: 'object',
          properties: ACTION_ID,
          required: ['actionId'],
          additionalProperties: false,
        },
        annotations: reads,
      },
      call: (given) =>
        parsed(aboutAction, given, async ({ actionId }) => {
          const answer = await gateway.explain(actionId);
          return answer.kind === 'answer'
            ? text(JSON.stringify(answer.value, null, 2), { ...answer.value })
            : notAnswered(answer);
        }),
    },
    {
      definition: {
        name: 'answer_question',
        title: 'Answer an approver',
        description:
          'Answers what an approver asked you about one of your actions. They read it before they decide.',
        inputSchema: {
          type: 'object',
          properties: {
            ...ACTION_ID,
            questionId: { type: 'string', description: 'As get_action says it.' },
            answer: { type: 'string', maxLength: 4_000 },
          },
          required: ['actionId', 'questionId', 'answer'],
          additionalProperties: false,
        },
        annotations: { ...writes, destructiveHint: false },
      },
      call: (given) =>
        parsed(
          aboutAction.extend({
            questionId: z.string().min(1).max(200),
            answer: z.string().min(1).max(4_000),
          }),
          given,
          async ({ actionId, questionId, answer: words }) => {
            const answer = await gateway.answer(actionId, questionId, words);
            return answer.kind === 'answer' ? stands(gateway, actionId) : notAnswered(answer);
          },
        ),
    },
    {
      definition: {
        name: 'list_action_types',
        title: 'What you may ask for',
        description:
          'Lists the action types, the targets and the environments, and how each action would be ruled for you now: at once, after a window, with approval, only recommended, or refused. Name params for an exact answer. Nothing is proposed by it.',
        inputSchema: {
          type: 'object',
          properties: {
            actionType: { type: 'string', enum: actionTypes.map(({ name }) => name) },
            ...named,
            params: {
              type: 'object',
              description: 'With actionType, target and environment: how exactly this would be ruled.',
            },
          },
          additionalProperties: false,
        },
        annotations: reads,
      },
      call: (given) => parsed(asked, given, (wanted) => list(gateway, offered, wanted)),
    },
  ];
}

const asked = z.strictObject({
  actionType: z.string().optional(),
  target: z.string().optional(),
  environment: z.string().optional(),
  params: z.record(z.string(), z.json()).optional(),
});

async function list(
  gateway: AgentGateway,
  { actionTypes, targets, environments }: Offered,
  { actionType, target, environment, params }: z.infer<typeof asked>,
): Promise<ToolAnswer> {
  const wantedTypes = actionTypes.filter(({ name }) => actionType === undefined || name === actionType);
  const trials = wantedTypes.flatMap(({ name }) =>
    (target === undefined ? targets : [target]).flatMap((service) =>
      (environment === undefined ? environments : [environment]).map(
        (where): Trial => ({
          actionType: name,
          target: service,
          environment: where,
          ...(params ? { params } : {}),
        }),
      ),
    ),
  );
  const rulings = await gateway.tryRulings(trials.slice(0, MOST_TRIALS));
  if (rulings.kind === 'refused') return notAnswered(rulings);
  const left = trials.length - MOST_TRIALS;
  const notes = [
    ...(rulings.kind === 'away' ? [`How they would be ruled is not known now: ${rulings.reason}.`] : []),
    ...(left > 0 ? [`${left} more are not shown: name an actionType, a target or an environment.`] : []),
    ...(params ? [] : ['Without params the size of an action counts as the largest.']),
  ];
  const structured = {
    actionTypes: wantedTypes.map(({ name, title, parameters }) => ({ name, title, parameters })),
    targets: [...targets],
    environments: [...environments],
    rulings: rulings.kind === 'answer' ? rulings.value : [],
    notes,
  };
  const lines = rulings.kind === 'answer' ? rulings.value.map(rulingText) : [];
  return text([...lines, ...notes].join('\n'), structured);
}

function rulingText(tried: Tried): string {
  const about = `${tried.actionType} on ${tried.target} in ${tried.environment}`;
  const reasons = tried.reasons.join('; ');
  switch (tried.kind) {
    case 'permitted':
      return `${about}: tier ${tried.tier}, ${MODES[tried.mode]}${tried.waitsFor ? `, by ${tried.waitsFor}` : ''} (${reasons})`;
    case 'forbidden':
      return `${about}: refused (${reasons})`;
    case 'noAction':
      return `${about}: there is no such action (${reasons})`;
    case 'notFoundOut':
      return `${about}: not known (${reasons})`;
  }
}

const MODES = {
  execute: 'runs at once',
  executeAfterWindow: 'runs after a window in which people may object',
  executeWithApproval: 'runs only when people approve',
  recommend: 'is only recommended to people',
} as const;

/** The name of each type's own tool. Models' providers take letters, digits, "_" and "-" only; of two that become one, the second has none. */
function ownNames(actionTypes: Offered['actionTypes']) {
  const names = new Map<string, Offered['actionTypes'][number]>();
  for (const type of actionTypes) {
    const name = `propose_${type.name.replaceAll('.', '_')}`;
    if (name.length <= 64 && name !== 'propose_action' && !names.has(name)) names.set(name, type);
  }
  return names;
}

/** A schema inside another one. Its own references begin at itself, so it needs an id where it has some. */
const paramsSchema = (actionType: string, parameters: object) =>
  JSON.stringify(parameters).includes('"$ref"')
    ? { $id: `urn:countersign:${actionType}`, ...parameters }
    : parameters;

async function parsed<T extends z.ZodType>(
  schema: T,
  given: unknown,
  call: (value: z.infer<T>) => Promise<ToolAnswer>,
): Promise<ToolAnswer> {
  const { success, data, error } = schema.safeParse(given ?? {});
  return success ? call(data) : failed(refusedText('the arguments are refused', zodFaultsOf(error)));
}

function notAnswered(answer: Exclude<Answer<unknown>, { kind: 'answer' }>): ToolAnswer {
  return failed(
    answer.kind === 'away'
      ? `${answer.reason}. Whether it was taken is not known: call the same again later, with the same idempotencyKey.`
      : refusedText(answer.reason, answer.faults),
  );
}

const text = (words: string, structured: object): ToolAnswer => ({
  kind: 'result',
  result: { content: [{ type: 'text', text: words }], structuredContent: { ...structured } },
});

/** A call that did nothing, in words that a model can go by. It is no error of the protocol. */
const failed = (words: string): ToolAnswer => ({
  kind: 'result',
  result: { content: [{ type: 'text', text: words }], isError: true },
});

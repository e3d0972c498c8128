import { createRoute, z } from '@hono/zod-openapi';
import { headlineIn } from '../../briefing/headline.ts';
import { actionIdOf } from '../../contract/ids.ts';
import { text } from '../../contract/json.ts';
import { OUTCOMES } from '../../domain/action/outcome.ts';
import { explain } from '../../domain/explanation/explanation.ts';
import { LISTED_STATUSES } from '../../domain/ledger/project-inbox.ts';
import { readerOf, requireReadable, requireRequester } from '../auth/agent-pass.ts';
import { signedInOf } from '../auth/guard.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import { Problem, problemOf } from '../ports/problem.ts';
import { proposalIn } from '../use-cases/propose.ts';
import { readAction } from '../use-cases/read-action.ts';
import { createWaiting, LONGEST_WAIT_S } from '../use-cases/wait-for-action.ts';
import {
  actionParam,
  anObject,
  answer,
  answers,
  body,
  ledgerEntry,
  newApi,
  pagedAnswer,
  pageQuery,
} from './common.ts';

const proposedSchema = z
  .object({
    actionId: z.string(),
    workflowId: z.string(),
    signed: z.literal(true),
    ruling: anObject('Ruling', 'What the agent may do. With ?wait=ruling').optional(),
  })
  .openapi('Proposed');

const takenSchema = z.object({ actionId: z.string(), signed: z.literal(false) }).openapi('Taken', {
  description: 'Nobody knows whose proposal it is: it can only be recommended, and no more is told of it',
});

const filter = pageQuery.extend({
  status: z.enum(LISTED_STATUSES).optional(),
  agent: z.string().max(200).optional(),
  actionType: z.string().max(200).optional(),
  target: z.string().max(200).optional(),
  environment: z.string().max(200).optional(),
  outcome: z.enum(OUTCOMES).optional(),
});

const stateSchema = anObject(
  'ActionState',
  'Everything known of an action: the answer of the query getAction',
);

const headlineFact = z
  .object({
    label: z.string(),
    text: z.string(),
    tone: z.enum(['plain', 'good', 'bad', 'unknown']).openapi({
      description: 'Whether it speaks for the action, against it, or could not be found out',
    }),
  })
  .openapi('HeadlineFact');

const routes = {
  propose: createRoute({
    method: 'post',
    path: '/api/actions',
    tags: ['actions'],
    summary: 'Propose an action',
    description:
      'As `application/jose`: a compact JWS (EdDSA) of the RFC 8785 canonical JSON of the proposal, signed with a key of the agent in the catalog. As `application/json`: the proposal with its `signature`, or, where the installation takes that, without one.',
    request: {
      query: z.object({ wait: z.literal('ruling').optional() }),
      body: {
        required: true,
        content: {
          'application/jose': { schema: z.string() },
          'application/json': { schema: anObject('Proposal', 'What the SDK takes as a proposal') },
        },
      },
    },
    responses: {
      ...answers(201, 'It is durable: from now on it is governed', proposedSchema),
      ...answers(202, 'It is not signed: people are told of it if what it names is known here', takenSchema),
    },
  }),
  list: createRoute({
    method: 'get',
    path: '/api/actions',
    tags: ['actions'],
    summary: 'All actions, newest first',
    request: { query: filter },
    responses: answers(200, 'One page', pagedAnswer(anObject('ListedAction', 'One action of a list'))),
  }),
  show: createRoute({
    method: 'get',
    path: '/api/actions/{id}',
    tags: ['actions'],
    summary: 'One action, from its workflow or, when that is gone, from the ledger',
    description:
      'With ?wait it answers once the action is over or people wait for an answer of its agent, and after so many seconds anyhow.',
    request: {
      params: actionParam,
      query: z.object({
        wait: z.coerce.number().int().min(0).max(LONGEST_WAIT_S).default(0).openapi({ type: 'integer' }),
      }),
    },
    responses: answers(
      200,
      'The action',
      z.object({
        from: z.enum(['workflow', 'ledger']),
        headline: z.array(headlineFact).openapi({
          description: 'What people read first, in this order: facts of the machine alone',
        }),
        state: stateSchema,
      }),
    ),
  }),
  explanation: createRoute({
    method: 'get',
    path: '/api/actions/{id}/explanation',
    tags: ['actions'],
    summary: 'Who approved the authority, what limited it, and how the decision was reached',
    request: { params: actionParam },
    responses: answers(200, 'The explanation', anObject('Explanation', 'In sentences')),
  }),
  ledger: createRoute({
    method: 'get',
    path: '/api/actions/{id}/ledger',
    tags: ['ledger'],
    summary: 'What the ledger has of one action',
    request: { params: actionParam },
    responses: answers(200, 'Its entries, in order', z.object({ items: z.array(ledgerEntry) })),
  }),
  proof: createRoute({
    method: 'get',
    path: '/api/actions/{id}/proof',
    tags: ['ledger'],
    summary: 'The proof of one action, as a file: "countersign ledger check FILE" verifies it on any machine',
    request: { params: actionParam },
    responses: {
      200: {
        description: 'One JSON object a line',
        content: { 'application/jsonl': { schema: z.string() } },
      },
      401: { description: 'Nobody is signed in, or the session is over' },
      404: { description: 'The ledger has nothing about it' },
      409: { description: 'Its newest entry is in no checkpoint yet: ask again in a minute' },
    },
  }),
  answer: createRoute({
    method: 'post',
    path: '/api/actions/{id}/answers',
    tags: ['actions'],
    summary: 'Answer what an approver asked: for the agent, with its pass',
    request: {
      params: actionParam,
      body: body(z.strictObject({ questionId: z.string().min(1).max(200), text: text(4_000) })),
    },
    responses: answers(
      200,
      "It is added to the action, as the agent's own words",
      z.object({ actionId: z.string() }),
    ),
  }),
  cancel: createRoute({
    method: 'post',
    path: '/api/actions/{id}/cancel',
    tags: ['actions'],
    summary: 'Cancel a request: for its agent, and for owners of the agent',
    request: { params: actionParam },
    responses: answers(200, 'It is being cancelled', z.object({ actionId: z.string() })),
  }),
};

export function actionRoutes(deps: GatewayDeps) {
  const api = newApi();
  const waitForNews = createWaiting(deps);

  // Declared for the OpenAPI document alone: the body has two media types, of which one is not JSON.
  api.openAPIRegistry.registerPath(routes.propose);
  api.post('/api/actions', async (c) => {
    const { proposal, signed } = await proposalIn(deps, c);
    if (!signed) {
      // A caller who did not sign must learn nothing of what is known here, neither from the answer nor from its time.
      deps.countersign.propose(proposal).catch((error: unknown) => {
        if (!problemOf(error)) deps.report(error);
      });
      return answer(c, { actionId: actionIdOf(proposal), signed }, 202);
    }
    const waitsForRuling = c.req.query('wait') === 'ruling';
    const { action, ruling } = waitsForRuling
      ? await deps.countersign.proposeAndRule(proposal)
      : { action: await deps.countersign.propose(proposal), ruling: undefined };
    c.header('Location', `/api/actions/${encodeURIComponent(action.actionId)}`);
    const { actionId, workflowId } = action;
    return answer(c, { actionId, workflowId, signed, ...(ruling ? { ruling } : {}) }, 201);
  });

  api.openapi(routes.list, async (c) => {
    signedInOf(c);
    const { limit, after, ...listFilter } = c.req.valid('query');
    return answer(c, await deps.lists.actions(listFilter, { limit, after }));
  });

  api.openapi(routes.show, async (c) => {
    const reader = readerOf(deps, c);
    const { id } = c.req.valid('param');
    const read = await readAction(deps, id);
    requireReadable(reader, read.state);
    const { from, state } = await waitForNews(read, id, c.req.valid('query').wait);
    // The agent's signature is left out: with it, a reader could propose the action again once Temporal has forgotten it.
    const { signature: _, ...proposal } = state.proposal;
    return answer(c, { from, headline: headlineIn(state), state: { ...state, proposal } });
  });

  api.openapi(routes.explanation, async (c) => {
    const reader = readerOf(deps, c);
    const { state } = await readAction(deps, c.req.valid('param').id);
    requireReadable(reader, state);
    return answer(c, explain(state));
  });

  api.openapi(routes.ledger, async (c) => {
    signedInOf(c);
    return answer(c, { items: await deps.ledger.entriesOf(c.req.valid('param').id) });
  });

  api.openapi(routes.proof, async (c) => {
    signedInOf(c);
    const { id } = c.req.valid('param');
    // The proof of a drill would tell who decided what. An auditor makes it by the CLI.
    const proof = (await deps.lists.isDrill(id))
      ? { kind: 'nothing' as const }
      : await deps.logFiles.prove(id);
    switch (proof.kind) {
      case 'nothing':
        throw new Problem('not-found', 'the ledger has no entry about it');
      case 'notYet':
        throw new Problem('not-yet', `entry ${proof.seq} is not signed yet: a worker signs each minute`, {
          retryAfter: 60,
        });
      case 'broken':
        throw new Error(`the ledger is broken: ${proof.reason}`);
      case 'proof':
        return c.body(proof.lines.join(''), 200, {
          'Content-Type': 'application/jsonl',
          'Content-Disposition': 'attachment; filename="proof.jsonl"',
        });
    }
  });

  api.openapi(routes.answer, async (c) => {
    const { id } = c.req.valid('param');
    const reader = readerOf(deps, c);
    if (reader.kind === 'person') throw new Problem('forbidden', 'the agent answers, with a pass of its own');
    const action = deps.countersign.action(id);
    requireReadable(reader, await action.state());
    const { questionId, text: words } = c.req.valid('json');
    await action.answer(questionId, words);
    return answer(c, { actionId: id });
  });

  api.openapi(routes.cancel, async (c) => {
    const { id } = c.req.valid('param');
    const reader = readerOf(deps, c);
    const action = deps.countersign.action(id);
    requireRequester(reader, await action.state());
    await action.cancel();
    return answer(c, { actionId: id });
  });

  return api;
}

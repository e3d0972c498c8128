import { createRoute, z } from '@hono/zod-openapi';
import { trialRequest } from '../../contract/trial.ts';
import { targetsIn } from '../../domain/installation/installation.ts';
import { readerOf } from '../auth/agent-pass.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import { Problem } from '../ports/problem.ts';
import { anObject, answer, answers, body, newApi } from './common.ts';

const actionTypeSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    parameters: anObject('ParametersSchema', 'JSON Schema (draft 2020-12) of the parameters'),
  })
  .openapi('ActionType');

const routes = {
  actionTypes: createRoute({
    method: 'get',
    path: '/api/action-types',
    tags: ['agents'],
    summary: 'What agents may ask for: action types, targets and environments',
    responses: answers(
      200,
      'As the installation has them now',
      z.object({
        installation: z.string(),
        actionTypes: z.array(actionTypeSchema),
        targets: z.array(z.string()),
        environments: z.array(z.string()),
      }),
    ),
  }),
  trials: createRoute({
    method: 'post',
    path: '/api/trial-rulings',
    tags: ['agents'],
    summary: 'How actions would be ruled if the agent proposed them now: for the agent, with its pass',
    description:
      'Nothing is proposed, recorded, or asked of people. Without `params` the size of an action counts as the largest.',
    request: { body: body(trialRequest) },
    responses: answers(
      200,
      'One answer for each, in the same order',
      z.object({ items: z.array(anObject('Tried', 'How it would be ruled')) }),
    ),
  }),
};

/** What an agent may know before it proposes. */
export function agentRoutes(deps: GatewayDeps) {
  const api = newApi();

  api.openapi(routes.actionTypes, async (c) => {
    readerOf(deps, c);
    const installation = deps.installation();
    return answer(c, {
      installation: installation.name,
      actionTypes: Object.values(installation.actionTypes).map(({ name, title, parameters }) => ({
        name,
        title,
        parameters,
      })),
      targets: targetsIn(installation).map(({ name }) => name),
      environments: Object.keys(installation.environments),
    });
  });

  api.openapi(routes.trials, async (c) => {
    const reader = readerOf(deps, c);
    const asked = c.req.valid('json');
    if (reader.kind === 'person' || reader.agent !== asked.agent.id)
      throw new Problem('forbidden', 'an agent asks this for itself, with a pass of its own');
    return answer(c, { items: await deps.countersign.tryRulings(asked) });
  });

  return api;
}

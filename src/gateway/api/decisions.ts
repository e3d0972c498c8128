import { createRoute, z } from '@hono/zod-openapi';
import { ActionNotFound } from '../../contract/errors.ts';
import { actionWorkflowId, reviewWorkflowId } from '../../contract/ids.ts';
import { exactRecord } from '../../contract/json.ts';
import { unsignedOrderSchema } from '../../contract/order.ts';
import { reviewOn } from '../../domain/record/review-on-record.ts';
import { signedInOf } from '../auth/guard.ts';
import { assertionOptions } from '../auth/passkeys.ts';
import { CHANGE_FACTORS } from '../auth/step-up.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import type { Metrics } from '../ports/metrics.ts';
import { Problem } from '../ports/problem.ts';
import {
  aboutDecision,
  type DecisionSubject,
  decide,
  handInSigned,
  type Intent,
  intentSchema,
  requireSame,
  subjectOf,
} from '../use-cases/decide.ts';
import { aboutOrder } from '../use-cases/order.ts';
import { readAction } from '../use-cases/read-action.ts';
import { actionParam, anObject, answer, answers, body, newApi } from './common.ts';

const answerSchema = z
  .object({
    missing: z.int().optional().openapi({
      description:
        'how many more people must approve, at the least; 0 once it is decided. Absent: it is kept, and counts once a worker answers',
    }),
    already: z
      .literal(true)
      .optional()
      .openapi({ description: 'the same person had said the same before, and that counts' }),
    needed: z.string().optional().openapi({ description: 'of which groups, such as "1 of security"' }),
  })
  .openapi('DecisionAnswer');

/** Either a decision that the person's own key signed, or an intent, which the gateway signs. */
const decisionBody = z.union([z.strictObject({ jws: z.string().min(1).max(16_384) }), intentSchema]);

const stepUpBody = z.strictObject({
  actionId: z.string().min(1).max(500).nullish(),
  /** For a review: the id of its action. */
  reviewOf: z.string().min(1).max(500).nullish(),
  runId: z.uuid().nullish(),
  digest: z.string().nullish(),
  verdict: z.string().max(20).nullish(),
  /** The parameters as they will be sent: the proof is bound to them too. */
  params: exactRecord.nullish(),
  incident: z.string().max(200).nullish(),
  /** What will be confirmed, as it will be sent. */
  confirmed: intentSchema.shape.confirmed,
  /** The order to prove, instead of all other members. */
  order: unsignedOrderSchema.nullish(),
});

const routes = {
  decide: createRoute({
    method: 'post',
    path: '/api/actions/{id}/decisions',
    tags: ['approvals'],
    summary: 'Approve, deny, withdraw, revoke, edit, ask, or break the glass',
    request: { params: actionParam, body: body(decisionBody) },
    responses: answers(200, 'It counts', answerSchema),
  }),
  review: createRoute({
    method: 'post',
    path: '/api/reviews/{id}/decisions',
    tags: ['reviews'],
    summary: 'Agree ("approve") or disagree ("deny") with what ran without a person',
    request: { params: actionParam, body: body(decisionBody) },
    responses: answers(200, 'It counts', answerSchema),
  }),
  stepUp: createRoute({
    method: 'post',
    path: '/api/step-up/options',
    tags: ['step-up'],
    summary:
      'What to ask a passkey for: bound to one verdict on one action as it is now, to one order, or to a change of your factors',
    request: { body: body(stepUpBody) },
    responses: answers(
      200,
      'Options for navigator.credentials.get',
      anObject('AssertionOptions', 'PublicKeyCredentialRequestOptionsJSON'),
    ),
  }),
};

/** The action to decide on, as it is on record now. */
export async function actionSubject(deps: GatewayDeps, actionId: string): Promise<DecisionSubject> {
  return subjectOf((await readAction(deps, actionId)).state);
}

/** The review to decide on. Nothing runs by a review, so the session is enough. What the review is about comes from the ledger too. */
export async function reviewSubject(
  { countersign, ledger }: GatewayDeps,
  actionId: string,
): Promise<DecisionSubject> {
  const [{ runId, votes }, entries] = await Promise.all([
    countersign.review(actionId),
    ledger.entriesOf(actionId),
  ]);
  const due = reviewOn(actionId, entries);
  if (!due) throw new ActionNotFound(`no review of ${actionId} is open`);
  return {
    workflowId: reviewWorkflowId(actionId),
    runId,
    digest: due.ruled.ruling.digest,
    gateway: undefined,
    said: votes,
  };
}

export function decisionRoutes(deps: GatewayDeps, metrics: Metrics) {
  const api = newApi();

  api.openapi(routes.decide, async (c) => {
    const { id } = c.req.valid('param');
    const requestBody = c.req.valid('json');
    // A statement that somebody signed themselves proves who they are: the session would add nothing.
    if ('jws' in requestBody)
      return answer(c, await handInSigned(deps, c, actionWorkflowId(id), requestBody.jws));
    const signedIn = signedInOf(c);
    return answer(c, await decide(deps, metrics, signedIn, () => actionSubject(deps, id), requestBody));
  });

  api.openapi(routes.review, async (c) => {
    const { id } = c.req.valid('param');
    const requestBody = c.req.valid('json');
    if ('jws' in requestBody)
      return answer(c, await handInSigned(deps, c, reviewWorkflowId(id), requestBody.jws));
    const signedIn = signedInOf(c);
    return answer(
      c,
      await decide(deps, metrics, signedIn, () => reviewSubject(deps, id), reviewed(requestBody)),
    );
  });

  api.openapi(routes.stepUp, async (c) => {
    const signedIn = signedInOf(c);
    const { actionId, reviewOf, runId, digest, verdict, params, incident, confirmed, order } =
      c.req.valid('json');
    if (order) return answer(c, await assertionOptions(deps, signedIn, aboutOrder(order)));
    if (!actionId && !reviewOf) return answer(c, await assertionOptions(deps, signedIn, CHANGE_FACTORS));
    const subject = actionId
      ? await actionSubject(deps, actionId)
      : await reviewSubject(deps, reviewOf ?? '');
    if (!verdict) throw new Problem('malformed', 'say which verdict it is for');
    requireSame(subject, { runId, digest });
    return answer(
      c,
      await assertionOptions(
        deps,
        signedIn,
        aboutDecision(subject, { verdict, params, incident, confirmed }),
      ),
    );
  });

  return api;
}

/** The intent, if a review can take it. @throws Problem for any verdict other than approve or deny */
export function reviewed(intent: Intent): Intent {
  if (intent.verdict === 'approve' || intent.verdict === 'deny') return intent;
  throw new Problem('malformed', 'a review is "approve" (agree) or "deny" (disagree)');
}

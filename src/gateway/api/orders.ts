import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { OrderRefused } from '../../contract/errors.ts';
import { readOrder, unsignedOrderSchema } from '../../contract/order.ts';
import { signatureFaults, untimely } from '../../domain/orders/order-signature.ts';
import { signedInOf } from '../auth/guard.ts';
import { proofSchema } from '../auth/step-up.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import { requireAddressAllowed, requirePersonAllowed } from '../ports/limiter.ts';
import { order } from '../use-cases/order.ts';
import { anObject, answer, answers, body, newApi } from './common.ts';

/**
 * An order that its person signed, or one that the gateway signs. It is one object rather than a union of two, so that a fault is reported
 * at its member.
 */
const orderBody = z
  .strictObject({
    jws: z
      .string()
      .min(1)
      .max(16_384)
      .optional()
      .openapi({ description: "signed with the person's own key; needs no session" }),
    order: unsignedOrderSchema.optional().openapi({
      description:
        'instead of `jws`: the gateway signs it in the name of the signed-in person, with its own time',
    }),
    proof: proofSchema.optional().openapi({ description: 'always needed with `order`' }),
  })
  .superRefine(({ jws, order: unsignedOrder, proof }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (jws === undefined && unsignedOrder === undefined) wrong('order', 'is needed, or jws');
    if (jws !== undefined && unsignedOrder !== undefined) wrong('order', 'goes without jws');
    if (jws !== undefined && proof !== undefined) wrong('proof', 'goes with order: jws is signed already');
  });

const route = createRoute({
  method: 'post',
  path: '/api/orders',
  tags: ['holds', 'standing', 'delegations'],
  summary:
    'Order a grant, a hold, the end of one, a delegation or its end, or report on an action that is over',
  description:
    "As `jws`: signed with the person's own key. As `order` and `proof`: said by the signed-in person, and signed by the gateway. The proof is a code, or an assertion for exactly this order, whose options `POST /api/step-up/options` gives for `{order}`.",
  request: { body: body(orderBody) },
  responses: answers(200, 'It is carried out', anObject('CarriedOut', 'What was done')),
});

/**
 * The order, if a person of the catalog signed it. Anybody may hand in an order, and each order is a workflow: so an unsigned one
 * is refused before its workflow starts, and its sender does not learn whether there is such a person.
 */
async function soundOrder(deps: GatewayDeps, c: Context, jws: string): Promise<string> {
  await requireAddressAllowed(deps, c);
  const readResult = readOrder(jws);
  if (readResult.kind === 'refused') throw new OrderRefused(readResult.faults);
  if (signatureFaults(deps.installation(), readResult.order, jws).length > 0) {
    const problem = 'the order is refused: it is not signed with a key of the person that it names';
    throw new OrderRefused([{ where: 'signature', problem }]);
  }
  await requirePersonAllowed(deps, readResult.order.person);
  const faults = untimely(readResult.order.at, deps.now());
  if (faults.length > 0) throw new OrderRefused(faults);
  return jws;
}

export function orderRoutes(deps: GatewayDeps) {
  const api = newApi();

  api.openapi(route, async (c) => {
    const { jws, order: unsignedOrder, proof } = c.req.valid('json');
    // An order that somebody signed themselves proves who they are: the session would add nothing.
    if (unsignedOrder === undefined)
      return answer(c, await deps.countersign.order(await soundOrder(deps, c, jws ?? '')));
    return answer(c, await order(deps, signedInOf(c), unsignedOrder, proof));
  });

  return api;
}

import { createRoute, z } from '@hono/zod-openapi';
import { text } from '../../contract/json.ts';
import { factorChanges } from '../auth/factor-changes.ts';
import { signedInOf } from '../auth/guard.ts';
import { attestationSchema } from '../auth/passkeys.ts';
import { factorsOf, proofSchema } from '../auth/step-up.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import { anObject, answer, answers, body, newApi } from './common.ts';

const withProof = z.strictObject({
  proof: proofSchema.optional().openapi({ description: 'of a factor that you have already' }),
});
const doneSchema = z.object({ done: z.literal(true) });

const post = <T extends z.ZodType, A extends z.ZodType>(
  path: string,
  summary: string,
  schema: T,
  answerSchema: A,
) =>
  createRoute({
    method: 'post',
    path,
    tags: ['step-up'],
    summary,
    request: { body: body(schema) },
    responses: answers(200, summary, answerSchema),
  });

const routes = {
  list: createRoute({
    method: 'get',
    path: '/api/factors',
    tags: ['step-up'],
    summary: 'What you can prove yourself with',
    responses: answers(
      200,
      'Your factors',
      anObject('Factors', 'Passkeys, and whether there is an authenticator app'),
    ),
  }),
  passkeyOptions: post(
    '/api/factors/passkeys/options',
    'What to make a passkey with. Needs a sign-in of the last 5 minutes',
    withProof,
    anObject('AttestationOptions', 'PublicKeyCredentialCreationOptionsJSON'),
  ),
  addPasskey: post(
    '/api/factors/passkeys',
    'Add the passkey that was made with the options',
    z.strictObject({ attestation: attestationSchema, name: text(100).default('passkey') }),
    doneSchema,
  ),
  removePasskey: post(
    '/api/factors/passkeys/remove',
    'Remove a passkey',
    withProof.extend({ credentialId: z.string().max(2_000) }),
    doneSchema,
  ),
  newTotp: post(
    '/api/factors/totp',
    'Begin with an authenticator app. Needs a sign-in of the last 5 minutes',
    withProof,
    z.object({ secret: z.string(), uri: z.string() }),
  ),
  confirmTotp: post(
    '/api/factors/totp/confirm',
    'Its first code: from then on it counts',
    z.strictObject({ code: z.string().min(6).max(20) }),
    doneSchema,
  ),
  removeTotp: post('/api/factors/totp/remove', 'Remove the authenticator app', withProof, doneSchema),
};

/** The routes for the passkeys and authenticator apps of the signed-in person. */
export function factorRoutes(deps: GatewayDeps) {
  const api = newApi();
  const changes = factorChanges(deps);

  api.openapi(routes.list, async (c) => {
    const { passkeys, totp } = await factorsOf(deps, signedInOf(c).person);
    const shownPasskeys = passkeys.map(({ credentialId, name, addedAt, usedAt }) => ({
      credentialId,
      name,
      addedAt,
      usedAt,
    }));
    return answer(c, { passkeys: shownPasskeys, totp });
  });

  api.openapi(routes.passkeyOptions, async (c) =>
    answer(c, await changes.beginPasskey(signedInOf(c), c.req.valid('json').proof)),
  );

  api.openapi(routes.addPasskey, async (c) => {
    await changes.addPasskey(signedInOf(c), c.req.valid('json'));
    return answer(c, { done: true });
  });

  api.openapi(routes.removePasskey, async (c) => {
    const { proof, credentialId } = c.req.valid('json');
    await changes.removePasskey(signedInOf(c), proof, credentialId);
    return answer(c, { done: true });
  });

  api.openapi(routes.newTotp, async (c) =>
    answer(c, await changes.beginTotp(signedInOf(c), c.req.valid('json').proof)),
  );

  api.openapi(routes.confirmTotp, async (c) => {
    await changes.confirmTotp(signedInOf(c), c.req.valid('json').code);
    return answer(c, { done: true });
  });

  api.openapi(routes.removeTotp, async (c) => {
    await changes.removeTotp(signedInOf(c), c.req.valid('json').proof);
    return answer(c, { done: true });
  });

  return api;
}

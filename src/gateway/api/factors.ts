import { createRoute, z } from '@hono/zod-openapi';
import { text } from '../../contract/json.ts';
import type { GatewayDeps } from '../deps.ts';
import { requireFresh, signedInOf } from '../guard.ts';
import { addPasskey, attestationOptions, attestationSchema } from '../passkeys.ts';
import { Problem } from '../problem.ts';
import { factorsOf, proofSchema, requireExistingFactor, useCode } from '../step-up.ts';
import { newTotp } from '../totp.ts';
import { anObject, answer, answers, body, newApi } from './common.ts';

const withProof = z.strictObject({
  proof: proofSchema.optional().openapi({ description: 'of a factor that you have already' }),
});
const done = z.object({ done: z.literal(true) });

const post = <T extends z.ZodType, A extends z.ZodType>(
  path: string,
  summary: string,
  schema: T,
  answered: A,
) =>
  createRoute({
    method: 'post',
    path,
    tags: ['step-up'],
    summary,
    request: { body: body(schema) },
    responses: answers(200, summary, answered),
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
    done,
  ),
  removePasskey: post(
    '/api/factors/passkeys/remove',
    'Remove a passkey',
    withProof.extend({ credentialId: z.string().max(2_000) }),
    done,
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
    done,
  ),
  removeTotp: post('/api/factors/totp/remove', 'Remove the authenticator app', withProof, done),
};

/**
 * Passkeys and authenticator apps of whoever is signed in. Adding one needs a fresh sign-in and a factor that is there
 * already, and ends every other session of the person.
 */
export function factorRoutes(deps: GatewayDeps) {
  const api = newApi();
  const { factors, sessions } = deps;

  api.openapi(routes.list, async (c) => {
    const { passkeys, totp } = await factorsOf(deps, signedInOf(c).person);
    const shown = passkeys.map(({ credentialId, name, addedAt, usedAt }) => ({
      credentialId,
      name,
      addedAt,
      usedAt,
    }));
    return answer(c, { passkeys: shown, totp });
  });

  api.openapi(routes.passkeyOptions, async (c) => {
    const signedIn = signedInOf(c);
    requireFresh(signedIn, deps.now());
    await requireExistingFactor(deps, signedIn, c.req.valid('json').proof);
    return answer(c, await attestationOptions(deps, signedIn));
  });

  // The challenge was given only to who is fresh and has proved a factor, is of this session, and is good once.
  api.openapi(routes.addPasskey, async (c) => {
    const signedIn = signedInOf(c);
    await addPasskey(deps, signedIn, c.req.valid('json'));
    await sessions.endOthers(signedIn.person, signedIn.session.idHash);
    return answer(c, { done: true });
  });

  api.openapi(routes.removePasskey, async (c) => {
    const signedIn = signedInOf(c);
    const { proof, credentialId } = c.req.valid('json');
    requireFresh(signedIn, deps.now());
    await requireExistingFactor(deps, signedIn, proof);
    if (!(await factors.removePasskey(signedIn.person, credentialId)))
      throw new Problem('not-found', 'you have no such passkey');
    await sessions.endOthers(signedIn.person, signedIn.session.idHash);
    return answer(c, { done: true });
  });

  api.openapi(routes.newTotp, async (c) => {
    const signedIn = signedInOf(c);
    const { person } = signedIn;
    requireFresh(signedIn, deps.now());
    await requireExistingFactor(deps, signedIn, c.req.valid('json').proof);
    const { totp, secret, uri } = newTotp(person, deps.keys.totp, new URL(deps.origin).host);
    if (!(await factors.proposeTotp(person, totp)))
      throw new Problem('conflict', 'you have an authenticator app: remove it first');
    return answer(c, { secret, uri });
  });

  api.openapi(routes.confirmTotp, async (c) => {
    const { person, session } = signedInOf(c);
    await useCode(deps, person, c.req.valid('json').code, 'unconfirmed');
    await sessions.endOthers(person, session.idHash);
    return answer(c, { done: true });
  });

  api.openapi(routes.removeTotp, async (c) => {
    const signedIn = signedInOf(c);
    requireFresh(signedIn, deps.now());
    await requireExistingFactor(deps, signedIn, c.req.valid('json').proof);
    if (!(await factors.removeTotp(signedIn.person)))
      throw new Problem('not-found', 'you have no authenticator app');
    await sessions.endOthers(signedIn.person, signedIn.session.idHash);
    return answer(c, { done: true });
  });

  return api;
}

import { once } from 'node:events';
import { serve } from '@hono/node-server';
import {
  type AuthInfo,
  buildOAuthProtectedResourceMetadata,
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  type McpRequestContext,
  type McpServerFactory,
  OAuthError,
  OAuthErrorCode,
  type OAuthMetadata,
  oauthMetadataResponse,
  originValidationResponse,
  requireBearerAuth,
} from '@modelcontextprotocol/server';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { NO_CREDENTIALS } from '../adapters/credentials.ts';
import { request } from '../adapters/request.ts';
import { identifier } from '../contract/json.ts';

export interface HttpSettings {
  /** host:port at which it listens. */
  readonly address: string;
  /** The address that clients use. Tokens must be for it. */
  readonly url: URL;
  /** The OpenID provider that signs the tokens. */
  readonly issuer: URL;
}

/** The longest time that the provider may take to say what it offers, in milliseconds, and the longest answer, in bytes. */
const DISCOVERY_MS = 10_000;
const MAX_DISCOVERY_BYTES = 256 * 1024;
/** How far the clocks of provider and server may differ, in seconds. */
const CLOCK_SKEW_S = 30;

const discovered = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });

/** Serves MCP over streamable HTTP as an OAuth resource server (RFC 9728). `subjectOf` says which agent a request is from. */
export async function serveHttp(
  { address, url, issuer }: HttpSettings,
  factory: (agent: string) => ReturnType<McpServerFactory>,
  report: (error: Error) => void,
): Promise<{ stop(): Promise<void> }> {
  const provider = await discover(issuer);
  const keys = createRemoteJWKSet(new URL(provider.jwks_uri));
  const metadata = {
    oauthMetadata: provider as unknown as OAuthMetadata,
    resourceServerUrl: url,
    resourceName: 'Countersign',
  };
  buildOAuthProtectedResourceMetadata(metadata);
  const authenticate = requireBearerAuth({
    verifier: { verifyAccessToken: (token) => verified(token, keys, provider.issuer, url) },
    expectedResource: url,
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(url),
  });
  const handler = createMcpHandler((context) => factory(agentIn(context)), { onerror: report });
  const local = localhostAllowedHostnames();
  const hosts = local.includes(url.hostname) ? local : [url.hostname];

  const answer = async (asked: Request): Promise<Response> => {
    const refused = hostHeaderValidationResponse(asked, hosts) ?? originValidationResponse(asked, hosts);
    if (refused) return refused;
    const document = oauthMetadataResponse(asked, metadata);
    if (document) return document;
    if (new URL(asked.url).pathname !== url.pathname)
      return new Response('There is nothing here.\n', { status: 404 });
    const authInfo = await authenticate(asked);
    return authInfo instanceof Response ? authInfo : handler.fetch(asked, { authInfo });
  };

  const colon = address.lastIndexOf(':');
  const server = serve({
    fetch: answer,
    hostname: address.slice(0, colon),
    port: Number(address.slice(colon + 1)),
  });
  await once(server, 'listening');
  return {
    stop: async () => {
      await handler.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The agent is the subject of the token. */
const agentIn = ({ authInfo }: McpRequestContext): string => String(authInfo?.extra?.subject);

/** Verifies a token (RFC 9068). @throws OAuthError when it is not one of the provider's, for this server, that holds now */
async function verified(
  token: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  issuer: string,
  url: URL,
): Promise<AuthInfo> {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience: url.href,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_SKEW_S,
  }).catch((error: unknown) => {
    if (error instanceof errors.JOSEError) throw new OAuthError(OAuthErrorCode.InvalidToken, error.message);
    throw error;
  });
  const subject = identifier.safeParse(payload.sub);
  if (!subject.success)
    throw new OAuthError(
      OAuthErrorCode.InvalidToken,
      `the subject names no agent: it ${subject.error.issues[0]?.message}`,
    );
  return {
    token,
    clientId: typeof payload.client_id === 'string' ? payload.client_id : subject.data,
    scopes: typeof payload.scope === 'string' ? payload.scope.split(' ') : [],
    expiresAt: payload.exp ?? 0,
    resource: url,
    extra: { subject: subject.data },
  };
}

async function discover(issuer: URL) {
  const at = new URL(`${issuer.href.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const answer = await request(at, NO_CREDENTIALS, {
    method: 'GET',
    headers: { accept: 'application/json' },
    timeoutMs: DISCOVERY_MS,
    maxBytes: MAX_DISCOVERY_BYTES,
  });
  if (answer.kind === 'none')
    throw new Error(`the OpenID provider ${issuer.href} does not answer: ${answer.reason}`);
  const parsed = discovered.safeParse(answer.status === 200 ? JSON.parse(answer.text) : undefined);
  if (!parsed.success) throw new Error(`${at.href} does not say what an OpenID provider says`);
  if (parsed.data.issuer.replace(/\/$/, '') !== issuer.href.replace(/\/$/, ''))
    throw new Error(`${at.href} says that it is ${parsed.data.issuer}`);
  return parsed.data;
}

import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { Provider } from '../gateway/ports/deps.ts';

export interface OpenIdSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The address that the provider sends browsers back to. */
  readonly redirectUri: string;
}

/** How long ago a person may have authenticated when they are asked to do so again, in seconds. */
const AGAIN_SECONDS = 120;

/**
 * An OpenID provider: authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636).
 *
 * @throws Error when the provider cannot be asked what it offers
 */
export async function openProvider(settings: OpenIdSettings): Promise<Provider> {
  const { issuer, clientId, clientSecret, redirectUri } = settings;
  const server = new URL(issuer);
  // A provider on this machine needs no TLS; every other one does.
  const local = server.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(server.hostname);
  const config = await discovery(server, clientId, clientSecret, undefined, {
    execute: local ? [allowInsecureRequests] : [],
  }).catch((cause: Error) => {
    throw new Error(`the OpenID provider ${issuer} cannot be used: ${cause.message}`, { cause });
  });
  return {
    begin: async (again) => {
      const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
      const url = buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state,
        nonce,
        code_challenge_method: 'S256',
        code_challenge: await calculatePKCECodeChallenge(verifier),
        ...(again ? { prompt: 'login', max_age: String(AGAIN_SECONDS) } : {}),
      });
      return { url, kept: { state, nonce, verifier, again } };
    },

    finish: async (answer, { state, nonce, verifier, again }) => {
      const tokens = await authorizationCodeGrant(config, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
        ...(again ? { maxAge: AGAIN_SECONDS } : {}),
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('it holds no ID token');
      const { sub, auth_time } = claims;
      // OpenID Connect Core 1.0, section 5.4: a provider may give the email at its UserInfo endpoint alone.
      const asks = claims.email === undefined && config.serverMetadata().userinfo_endpoint !== undefined;
      const { email, email_verified } = asks ? await fetchUserInfo(config, tokens.access_token, sub) : claims;
      return {
        claims: { sub, email, email_verified },
        ...(typeof auth_time === 'number' ? { provedAt: auth_time * 1_000 } : {}),
      };
    },
  };
}

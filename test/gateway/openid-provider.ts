import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import type { Browser } from './browser.ts';

export interface Account {
  readonly email?: string;
  readonly email_verified?: boolean | string;
}

export const CLIENT = { id: 'countersign', secret: 'a secret of the gateway and its provider alone' };

export interface TestProvider {
  readonly issuer: string;
  /** What each subject has, by subject. May change while it runs. */
  readonly accounts: Map<string, Account>;
  stop(): Promise<void>;
}

/** A real OpenID provider (the package oidc-provider), at which anybody signs in as any of its accounts. */
export async function startProvider(redirectUri: () => string): Promise<TestProvider> {
  const accounts = new Map<string, Account>();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri()] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['of a test'] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, ...accounts.get(sub) }),
    }),
    // Nobody is asked whether the gateway may know their email.
    loadExistingGrant: async (context) => {
      const accountId = context.oidc.session?.accountId;
      const grant = new provider.Grant({
        clientId: CLIENT.id,
        ...(accountId === undefined ? {} : { accountId }),
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  server.on('request', provider.callback());
  return {
    issuer,
    accounts,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * What a person does at the provider: their name and a password.
 *
 * @returns the address at the gateway that the provider sends their browser back to
 */
export async function answerAt(browser: Browser, start: string, subject: string): Promise<string> {
  const at = await browser.open(start);
  const form = await browser.send(at.url.href, {
    method: 'POST',
    body: new URLSearchParams({ prompt: 'login', login: subject, password: 'any' }),
  });
  const next = new URL(form.headers.get('location') ?? '', at.url);
  let answer = await browser.send(next.href);
  // The last redirect is the one back to the gateway, whose answer is looked at.
  while (!answer.headers.get('location')?.startsWith(browser.origin)) {
    answer = await browser.send(new URL(answer.headers.get('location') ?? '', next).href);
  }
  return answer.headers.get('location') ?? '';
}

/** The same, and then back to where they came from. */
export const signInAt = async (browser: Browser, start: string, subject: string): Promise<Response> =>
  browser.send(await answerAt(browser, start, subject));

import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { newGatewayKey } from '../../src/keys/key-file.ts';
import { newKey, testInstallation } from '../support/installation.ts';
import { PATIENCE, useWorld, type World } from '../support/world.ts';
import type { Browser } from './browser.ts';
import { TestGateway } from './support.ts';

/** Of deploy-agent, which signs what it proposes. */
export const AGENT_KEY = newKey();

const { installation: base } = testInstallation();

/** A world in which people decide by a gateway, and deploy-agent has a key. */
export function useDecidedWorld({
  rules = base.rules,
  ...changes
}: Partial<Installation> = {}): () => { world: World; gateway: TestGateway } {
  const key = newGatewayKey();
  const world = useWorld({
    installation: () => ({
      rules: {
        ...rules,
        gateway: { url: 'http://localhost', keys: [key.jwk.x], stepUpFromTier: 3 },
      },
      agents: {
        ...base.agents,
        'deploy-agent': { id: 'deploy-agent', owner: 'group:platform-ai', level: 3, keys: [AGENT_KEY.x] },
      },
      ...changes,
    }),
  });
  let gateway: TestGateway;
  let database: Database;
  beforeAll(async () => {
    const { installation, countersign, testDatabase } = world();
    database = await openDatabase(testDatabase.urls.gateway, 'gateway');
    gateway = await TestGateway.start({ installation, database, countersign, key });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.close();
  });
  return () => ({ world: world(), gateway });
}

/** Sets up an authenticator app for whoever is signed in; gives what shows its codes. */
export async function withCodes(browser: Browser): Promise<(ahead?: number) => string> {
  const { secret } = (await (await browser.json('/api/factors/totp', {})).json()) as { secret: string };
  const codeAt = (ahead = 0) => generateSync({ secret, epoch: Math.floor((Date.now() + ahead) / 1_000) });
  const confirm = async () =>
    (await browser.json('/api/factors/totp/confirm', { code: codeAt(-30_000) })).status;
  // The earliest code that counts no longer does where its window ends meanwhile.
  const status = await confirm();
  expect(status === 200 ? status : await confirm()).toBe(200);
  return codeAt;
}

/** What a form of the action's page holds, besides what the person enters. */
export async function formOf(browser: Browser, action: ActionHandle): Promise<Record<string, string>> {
  const answer = await browser.send(`/actions/${action.actionId}`);
  expect(answer.status).toBe(200);
  const page = await answer.text();
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
  return { csrf: hidden('csrf'), runId: hidden('runId'), digest: hidden('digest') };
}

/** Decides as the action's page does. */
export async function decideBy(
  browser: Browser,
  action: ActionHandle,
  fields: Record<string, string>,
): Promise<Response> {
  return browser.form(`/actions/${action.actionId}/decide`, {
    ...(await formOf(browser, action)),
    ...fields,
  });
}

export const votesOf = async (action: ActionHandle) =>
  (await action.state()).votes.map(({ person, verdict, authentication }) => ({
    person,
    verdict,
    authentication,
  }));

export const untilClosed = (action: ActionHandle) =>
  vi.waitFor(async () => expect((await action.state()).status).toBe('closed'), PATIENCE);

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { CredentialSource } from '../../src/config/index.ts';
import type { Plan } from '../../src/domain/action/action.ts';
import { databaseText, historyText } from '../support/canaries.ts';
import { freeAgents, SPARE, testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { heard } from '../support/quiet.ts';
import { useWorld } from '../support/world.ts';

/** A source of credentials as Vault is, and a governed system that repeats everything that it is sent. */
const minted: string[] = [];
const revoked: string[] = [];
const sessions: string[] = [];
const switches = { away: false };
const sent: (string | undefined)[] = [];
const server = createServer(async (request, response) => {
  const body = await text(request);
  switch (request.url) {
    case '/vault/create': {
      if (switches.away) return response.destroy();
      sessions.push(JSON.parse(body).display_name);
      const token = `hvs.canary-${minted.length}-0123456789abcdef`;
      minted.push(token);
      return response.end(JSON.stringify({ auth: { client_token: token, lease_duration: 600 } }));
    }
    case '/vault/revoke':
      revoked.push(JSON.parse(body).token);
      return response.writeHead(204).end();
    default:
      sent.push(request.headers.authorization);
      return response
        .writeHead(request.url === '/system/maybe' ? 202 : 200)
        .end(JSON.stringify({ headers: request.headers, body }));
  }
}).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const source: CredentialSource = {
  systems: [url],
  variable: 'SYSTEM_TOKEN',
  by: {
    kind: 'http',
    method: 'POST',
    url: `${url}/vault/create`,
    body: { display_name: `\${session}` },
    token: 'answer.auth.client_token',
    variables: {},
    ttl: 'answer.auth.lease_duration',
    revoke: { url: `${url}/vault/revoke`, body: { token: 'answer.auth.client_token' } },
  },
};
const request = (path: string): Plan => ({
  executor: 'http',
  method: 'POST',
  url: `${url}/system/${path}`,
  body: {},
  timeoutMs: 5_000,
});
const PLANS: Readonly<Record<string, Plan>> = {
  'tells.succeeds': request('ok'),
  'tells.fails': {
    executor: 'command',
    argv: ['/bin/sh', '-c', 'echo "it is $SYSTEM_TOKEN"; echo "it is $SYSTEM_TOKEN" >&2; exit 1'],
    credentials: 'system',
    timeoutMs: 5_000,
  },
};

const world = useWorld({
  connections: (usual) => ({ ...usual, credentialSources: { production: { system: source } } }),
  installation: () => {
    const { actionTypes, agents } = testInstallation().installation;
    const deploy = actionTypes['version.deploy'];
    if (!deploy) throw new Error('there is no version.deploy');
    const { watch: _, ...unwatched } = deploy;
    const types = Object.entries(PLANS).map(([name, execute]) => [
      name,
      { ...unwatched, title: 'tell', parameters: {}, name, execute, rollback: request('undo') },
    ]);
    return {
      actionTypes: { ...actionTypes, ...Object.fromEntries(types) },
      agents: { ...agents, ...freeAgents(SPARE) },
    };
  },
});

async function approved(actionType: string, n: number): Promise<ActionHandle> {
  const agent = { id: SPARE[n] ?? '', version: '1.0.0' };
  const action = await world().asked(proposal({ actionType, target: 'catalog', agent }));
  await world().decide('edsger', 'approve', action);
  return action;
}

/** All that histories, the ledger and every other table, the workflow and the logs say. */
async function toldOf(action: ActionHandle): Promise<string> {
  return [
    JSON.stringify([await action.state(), await action.explanation(), heard]),
    await historyText(world().client, action.workflowId),
    await databaseText(world().database.pool),
  ].join('\n');
}

test('a credential is minted for the attempt, in the name of who approved it, and nobody is told it', async () => {
  const action = await approved('tells.succeeds', 0);
  expect((await action.result()).outcome).toMatchObject({ kind: 'succeeded' });
  expect(sessions).toEqual([expect.stringMatching(/^edsger@spare-0/)]);
  expect(sent).toEqual([`Bearer ${minted[0]}`]);
  expect(revoked).toEqual(minted);
  const told = await toldOf(action);
  expect(told).toContain('Bearer ***');
  expect(told).not.toContain('hvs.canary');
});

test('a rollback gets one of its own, in the same names', async () => {
  const action = await approved('tells.fails', 1);
  expect((await action.result()).outcome).toMatchObject({ kind: 'rolledBack' });
  expect(sessions.slice(1)).toEqual(Array(2).fill(expect.stringMatching(/^edsger@spare-1/)));
  expect(revoked).toEqual(minted);
  expect(minted).toHaveLength(3);
  const told = await toldOf(action);
  expect(told).toContain('it is ***');
  expect(told).not.toContain('hvs.canary');
});

test('where the source is away nothing is sent, and the action has failed', async () => {
  switches.away = true;
  const before = sent.length;
  const action = await approved('tells.succeeds', 2);
  expect((await action.result()).outcome).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('no credential was minted by production/system'),
  });
  expect(sent).toHaveLength(before);
});

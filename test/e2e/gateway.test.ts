import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newKey } from '../../src/cli/signing.ts';
import { withSigningKey } from '../../src/config/index.ts';
import { startGateway } from '../../src/dev/gateway-process.ts';
import { freePorts } from '../../src/dev/ports.ts';
import type { ServerProcess } from '../../src/dev/server-process.ts';
import { newGatewayKey } from '../../src/keys/key-file.ts';
import { Browser } from '../gateway/browser.ts';
import { deploy } from '../support/proposals.ts';
import { Cli } from './cli.ts';
import { run } from './command.ts';
import { calm, PATIENCE, Site } from './support.ts';

const key = newGatewayKey();
const agentKey = newKey('cache-agent');
let site: Site;
let gateway: ServerProcess;
let address = '';
let origin = '';
let env: Readonly<Record<string, string>> = {};
const cli = new Cli(() => env);

beforeAll(async () => {
  const [port] = await freePorts(1);
  address = `127.0.0.1:${port}`;
  origin = `http://localhost:${port}`;
  site = await Site.start({
    files: {
      'countersign.yaml': (text) => `${text}\ngateway: { url: "${origin}", keys: ["${key.jwk.x}"] }\n`,
      'actions/version-deploy.yaml': calm,
      'actions/cache-flush.yaml': calm,
      'catalog/agents.yaml': (text) => withSigningKey(text, 'cache-agent', agentKey.jwk.x),
    },
  });
  const file = join(site.folder, 'gateway-key.json');
  await writeFile(file, JSON.stringify(key));
  env = {
    ...site.env,
    COUNTERSIGN_DATABASE_URL: site.databaseUrls.gateway,
    COUNTERSIGN_GATEWAY_KEY: file,
    COUNTERSIGN_GATEWAY_ADDRESS: address,
  };
  await site.startWorker();
  // What reaches the world, with its secrets, is the worker's alone.
  const ofWorkers = ['STOREFRONT_URL', 'SMTP_URL', 'PAGER_URL', 'PAGER_ROUTING_KEY'];
  expect(Object.keys(env)).toEqual(expect.arrayContaining(ofWorkers));
  env = Object.fromEntries(Object.entries(env).filter(([name]) => !ofWorkers.includes(name)));
  gateway = await startGateway(address, env, { devSignIn: true });
});
afterAll(async () => {
  await gateway.stop();
  await site.stop();
});

const signedIn = async (person: string) => {
  const browser = new Browser(origin);
  expect((await browser.form('/sign-in/development', { person, next: '/pending' })).status).toBe(303);
  return browser;
};

test('an agent proposes, a person approves in the browser with a code, and it is done', async () => {
  const action = await site.countersign.propose(deploy('2.4.0'));
  await site.until(action, ({ status }) => status === 'waiting');
  const browser = await signedIn('grace');
  await vi.waitFor(async () => {
    expect(await (await browser.send('/pending')).text()).toContain(action.actionId);
  }, PATIENCE);
  const { secret } = (await (await browser.json('/api/factors/totp', {})).json()) as { secret: string };
  const codeAt = (ms: number) => generateSync({ secret, epoch: Math.floor(ms / 1_000) });
  await browser.json('/api/factors/totp/confirm', { code: codeAt(Date.now() - 30_000) });
  const { csrf } = await browser.me();
  const { runId, ruling } = await action.state();
  const answer = await browser.form(`/actions/${action.actionId}/decide`, {
    csrf,
    runId,
    digest: ruling?.digest ?? '',
    verdict: 'approve',
    code: codeAt(Date.now()),
  });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/actions/${action.actionId}`]);
  const { outcome } = await site.until(action, ({ status }) => status === 'closed');
  expect(outcome).toMatchObject({ kind: 'succeeded' });
  expect(await site.effectsOf(action)).toEqual(['setVersion']);
  expect(await site.ledgerOf(action)).toContain('admitted');
});

test('a proposal over HTTP as the guide shows it, which counts once it is signed', async () => {
  const guide = await readFile('docs/gateway.md', 'utf8');
  const [json = '', script = ''] = ['json', 'js'].map(
    (language) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1],
  );
  const [proposal, keyFile] = ['proposal.json', 'key.json'].map((name) => join(site.folder, name));
  await writeFile(String(proposal), json);
  await writeFile(String(keyFile), JSON.stringify(agentKey));
  const propose = async (body: string): Promise<readonly [number, { readonly actionId: string }]> => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${origin}/api/actions?wait=ruling`, { method: 'POST', headers, body });
    return [answer.status, (await answer.json()) as { actionId: string }];
  };
  expect(await propose(json)).toEqual([403, expect.objectContaining({ title: 'This is not yours to do' })]);
  // The package finds itself by its name from its own root.
  const running = promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-',
    String(keyFile),
    String(proposal),
  ]);
  running.child.stdin?.end(script);
  const [status, signed] = await propose((await running).stdout);
  expect([status, signed]).toEqual([
    201,
    expect.objectContaining({ signed: true, ruling: expect.objectContaining({ mode: 'execute' }) }),
  ]);
  const { outcome } = await site.countersign.action(signed.actionId).result();
  expect(outcome.kind).toBe('succeeded');
});

test('a gateway without a way to sign in does not start, and says why', async () => {
  const { status, stderr } = await run('cli/main.js', ['gateway'], env).ended;
  expect([status, stderr]).toEqual([1, expect.stringContaining('nobody could sign in')]);
});

test('a gateway with a key that nobody would believe does not start', async () => {
  const file = join(site.folder, 'other-key.json');
  const made = await cli.json(['keys', '--gateway', '--out', file]);
  const { status, stderr } = await run('cli/main.js', ['gateway', '--dev-sign-in'], {
    ...env,
    COUNTERSIGN_GATEWAY_KEY: file,
  }).ended;
  expect([status, stderr]).toEqual([1, expect.stringContaining(`add ${made.publicKey}`)]);
});

test('SIGTERM ends a gateway at once, whoever listens to it', async () => {
  const browser = await signedIn('ada');
  const listening = await browser.send('/api/events');
  expect(listening.status).toBe(200);
  await gateway.stop();
  await listening.body?.cancel().catch(() => undefined);
  await expect(browser.send('/pending')).rejects.toThrow();
  gateway = await startGateway(address, env, { devSignIn: true });
  // Sessions are in the database: nobody has to sign in again.
  expect(await browser.person()).toBe('ada');
});

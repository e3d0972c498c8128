import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { pythonClient } from '../../scripts/python-client.ts';
import { AGENT_KEY, useDecidedWorld } from '../gateway/decided-world.ts';
import { PATIENCE } from '../support/world.ts';

const FOLDER = fileURLToPath(new URL('../../examples/python/', import.meta.url));
const at = useDecidedWorld();

/** The environment of a Python that has what the example needs: of this machine, or installed for the test alone. */
function pythonEnv(): NodeJS.ProcessEnv {
  try {
    execFileSync('python3', ['-c', 'import cryptography'], { stdio: 'ignore' });
    return process.env;
  } catch {
    const packages = mkdtempSync(join(tmpdir(), 'python-'));
    onTestFinished(() => rmSync(packages, { recursive: true }));
    const requirements = join(FOLDER, 'requirements.txt');
    execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--target', packages, '-r', requirements]);
    return { ...process.env, PYTHONPATH: packages };
  }
}

test("the client in Python is what is made of the gateway's openapi.json", async () => {
  const document = await (await at().gateway.browser().send('/openapi.json')).json();
  await expect(pythonClient(document as never)).toMatchFileSnapshot(`${FOLDER}countersign_api.py`);
});

test('an agent in Python asks over HTTP, signed with its key; a person approves, it runs, and the agent is told', async () => {
  const { gateway, world } = at();
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const key = join(folder, 'key.json');
  writeFileSync(key, JSON.stringify({ person: 'deploy-agent', jwk: AGENT_KEY.privateJwk }));
  const args = [join(FOLDER, 'agent.py'), gateway.origin, world.installation.name, key];
  const agent = spawn('python3', ['-B', ...args], { env: pythonEnv(), stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  agent.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const ended = once(agent, 'close');
  await vi.waitFor(() => expect(said).toContain('people decide at'), PATIENCE);
  const [, id = ''] = /\/actions\/(\S+)/.exec(said) ?? [];
  const action = world.countersign.action(id);
  await world.decide('grace', 'approve', action);
  expect(await ended).toEqual([0, null]);
  expect(said).toContain(`people decide at ${gateway.origin}/actions/${action.actionId}\nsucceeded: `);
  expect(await world.effectsOf(action)).toEqual(['setVersion']);
});

test('the example has 40 lines at most', () => {
  expect(readFileSync(`${FOLDER}agent.py`, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40);
});

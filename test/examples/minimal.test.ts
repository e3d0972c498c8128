import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test, vi } from 'vitest';
import { requireBuild } from '../e2e/support.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

beforeAll(() => requireBuild());

/** The processes of this machine that have a text in their environment, which they inherit. */
const processesWith = (text: string): string[] =>
  execFileSync('ps', ['axeww', '-o', 'pid,args'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    .split('\n')
    .filter((line) => line.includes(text));

test('the smallest example ends by itself, says what its README says, and leaves no process behind', {
  timeout: 120_000,
}, async () => {
  const mark = crypto.randomUUID();
  const child = spawn('npx', ['tsx', 'examples/minimal/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, MINIMAL_EXAMPLE: mark },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  let running = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
    running = Math.max(running, processesWith(mark).length);
  });
  const [status] = await once(child, 'close');
  const page = readFileSync(join(ROOT, 'examples/minimal/README.md'), 'utf8');
  const [, shown] = /```text\n([\s\S]*?)```/.exec(page) ?? [];
  expect({ status, said }).toEqual({ status: 0, said: shown });
  // npx, the script, Temporal, PostgreSQL and the worker: so the servers are found by their environment.
  expect(running).toBeGreaterThan(4);
  await vi.waitFor(() => expect(processesWith(mark)).toEqual([]));
});

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('a question to Cedar survives that V8 throws away its optimized code meanwhile', async () => {
  const script = fileURLToPath(new URL('./cedar-deopt.ts', import.meta.url));
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--allow-natives-syntax', '--import', 'tsx', script]);
  expect(stdout).toBe('success');
});

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('what adapters take and give fits the types of the real packages', () => {
  const run = () =>
    execFileSync(
      process.execPath,
      ['node_modules/@typescript/native/bin/tsc', '--noEmit', '-p', 'test/frameworks'],
      {
        cwd: ROOT,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
  expect(run).not.toThrow();
});

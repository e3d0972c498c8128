import { expect, test } from 'vitest';
import { Cli } from '../e2e/cli.ts';

const cli = new Cli(() => ({}));

test.each([[[]], [['--regressed', '--rollback-wrong']]])(
  'a report says one of two things: with %j it is wrong use',
  async (options) => {
    await cli.expectRefused(2, /^name one of --regressed and --rollback-wrong$/, ['report', 'a', ...options]);
  },
);

test('a report is signed: without a key it is wrong use', async () => {
  await cli.expectRefused(2, /^name your key file with --key/, ['report', 'a', '--regressed']);
  expect((await cli.run(['report', '--help'])).stdout).toContain('--reason <text>');
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '../support/hostile.ts';

const SCRIPT = `
  import { createLog } from './src/adapters/log.ts';
  const log = createLog('info');
  for (const text of JSON.parse(process.argv[1])) log.info({ reason: text, error: new Error(text) }, text);
`;

test('whatever text is logged, it is one line of JSON that says exactly that text', async () => {
  const texts = HOSTILE_TEXTS.filter((text) => text.length < 10_000);
  const args = ['--import', 'tsx', '--input-type=module', '-e', SCRIPT, JSON.stringify(texts)];
  const { stderr } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ reason }) => reason)).toEqual(texts);
  expect(lines.map(({ msg }) => msg)).toEqual(texts);
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '../support/hostile.ts';

test('what says how to reach the world is logged without a secret, should anybody log it', async () => {
  const canary = 'a-canary';
  const connections = {
    mail: { smtpUrl: canary, from: 'countersign@storefront.example' },
    pager: { routingKey: canary, auth: { basic: { user: 'me', password: canary } } },
    slack: { webhookUrl: canary, auth: { bearer: canary } },
    webhook: { secret: canary, auth: { headers: { 'X-Key': canary } } },
  };
  const script = `
    import { createLog } from './src/adapters/log.ts';
    createLog('info').info({ connections: ${JSON.stringify(connections)} }, 'told');
    createLog('info').info(${JSON.stringify(connections)}, 'told');
  `;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const { stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr.match(/"told"/g)).toHaveLength(2);
  expect(stderr).toContain('countersign@storefront.example');
  expect(stderr).not.toContain(canary);
});

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

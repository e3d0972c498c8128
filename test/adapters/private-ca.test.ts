import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createJsonMetrics } from '../../src/adapters/json-metrics.ts';
import { createOpenMetrics } from '../../src/adapters/openmetrics.ts';
import { createPrometheus } from '../../src/adapters/prometheus.ts';
import { drip, serve } from './serve.ts';

const pem = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));
const CA = pem('certificate');
const CERTIFIED = { cert: readFileSync(CA, 'utf8'), key: readFileSync(pem('key'), 'utf8') };

const VECTOR =
  '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0.5"]}]}}';

const secure = (answer: Parameters<typeof serve>[0] = (response) => response.end(VECTOR)) =>
  serve(answer, CERTIFIED);

test('a server is believed by the certificates that are written, with credentials and query as ever', async () => {
  const { url, requests } = await secure();
  const source = createPrometheus({ url, ca: CA, auth: { bearer: 'a-secret-token' } });
  expect(await source.read('up')).toMatchObject({ kind: 'value', value: 0.5 });
  expect(requests).toMatchObject([
    { method: 'GET', headers: { authorization: 'Bearer a-secret-token', 'user-agent': 'countersign' } },
  ]);
});

test('so is a page of metrics, and a system that answers in JSON', async () => {
  const { url } = await secure((response, { url: path }) =>
    path === '/metrics'
      ? response.setHeader('content-type', 'text/plain').end('up 1\n')
      : response.end('{"n":0.5}'),
  );
  const now = { url: `${url}/\${query}`, value: 'answer.n' };
  expect(await createOpenMetrics({ url: `${url}/metrics`, ca: CA }).read('up')).toMatchObject({ value: 1 });
  expect(await createJsonMetrics({ ca: CA, intervalMs: 1_000, times: 'ms', now }).read('q')).toMatchObject({
    value: 0.5,
  });
});

test('without them it is not believed', async () => {
  const { url, requests } = await secure();
  expect(await createPrometheus({ url }).read('up')).toMatchObject({
    kind: 'none',
    reason: expect.stringMatching(/self-signed certificate/),
  });
  expect(requests).toEqual([]);
});

test('a server whose certificate is another is not believed, and gets no credentials', async () => {
  const { url, requests } = await secure();
  const elsewhere = url.replace('127.0.0.1', 'localhost');
  const source = createPrometheus({ url: elsewhere, ca: CA, auth: { bearer: 'a-secret-token' } });
  expect(await source.read('up')).toMatchObject({
    kind: 'none',
    reason: expect.stringContaining('does not match certificate'),
  });
  expect(requests).toEqual([]);
});

test('an answer has the same limits of time and size, and no redirect is followed', async () => {
  const read = async (answer: Parameters<typeof serve>[0]) =>
    createPrometheus({ url: (await secure(answer)).url, ca: CA, timeoutMs: 1_000 }).read('up');
  expect(await read(drip)).toEqual({ kind: 'none', reason: 'no complete answer within 1000 ms' });
  expect(await read(() => undefined)).toEqual({ kind: 'none', reason: 'no complete answer within 1000 ms' });
  expect(await read((response) => response.end(' '.repeat(9_000_000)))).toMatchObject({
    reason: expect.stringMatching(/^the answer is larger than/),
  });
  expect(await read((response) => response.writeHead(302, { location: '/else' }).end())).toEqual({
    kind: 'none',
    reason: 'it answered 302 Found',
  });
});

test('a file that is replaced counts from the next request on, and one that holds none is an answer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ca-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'ca.pem');
  const { url } = await secure();
  const source = createPrometheus({ url, ca: file });
  expect(await source.read('up')).toEqual({ kind: 'none', reason: `${file} cannot be read (ENOENT)` });
  await writeFile(file, 'nothing');
  expect(await source.read('up')).toEqual({ kind: 'none', reason: `${file} holds no certificate in PEM` });
  await writeFile(file, CERTIFIED.cert);
  expect(await source.read('up')).toMatchObject({ kind: 'value' });
});

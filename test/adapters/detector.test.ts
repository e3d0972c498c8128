import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { createDetector } from '../../src/adapters/detector.ts';
import { aMessage } from '../support/messages.ts';
import { closedUrl, drip, gush, serve } from './serve.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const { proposal, action } = aMessage();
const question = { proposal, action, changes: [], findings: [], at: Date.UTC(2026, 2, 14, 15) };

const detector = (url: string, timeoutMs = 2_000) =>
  createDetector({ url: `${url}/findings`, secret: SECRET, timeoutMs });

/** What is made of an answer. */
async function detected(status: number, body: string) {
  const { url } = await serve((response) => response.writeHead(status).end(body));
  return detector(url).find(question);
}

const found = (...findings: object[]) => JSON.stringify({ findings });

test('the question is posted, signed as Standard Webhooks says', async () => {
  const { url, requests } = await serve((response) => response.writeHead(200).end(found()));
  expect(await detector(url).find(question)).toEqual({ kind: 'found', findings: [] });
  const [request] = requests;
  expect(request).toMatchObject({ method: 'POST', url: '/findings' });
  const headers = Object.fromEntries(
    Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
  expect(new Webhook(SECRET).verify(request?.body ?? '', headers)).toEqual(
    JSON.parse(JSON.stringify(question)),
  );
});

test('what it found is taken, with nothing else of its answer', async () => {
  const finding = { weight: 2, parameter: 'version', text: 'this version is being recalled' };
  expect(
    await detected(200, JSON.stringify({ findings: [{ ...finding, kind: 'noChange' }], risk: 0 })),
  ).toEqual({
    kind: 'found',
    findings: [finding],
  });
});

test('how unusual the request is, is taken where it says so', async () => {
  expect(await detected(200, JSON.stringify({ findings: [], anomalyScore: 0.93 }))).toEqual({
    kind: 'found',
    findings: [],
    anomalyScore: 0.93,
  });
});

describe('no answer is', () => {
  test.each([
    ['another status', 503, found(), 'it answered 503'],
    ['no JSON', 200, 'all is well', 'its answer is not'],
    ['an empty text', 200, found({ weight: 1, text: ' ' }), 'its answer is not'],
    ['another weight', 200, found({ weight: 0, text: 'fine' }), 'its answer is not'],
    ['a long text', 200, found({ weight: 1, text: 'x'.repeat(501) }), 'its answer is not'],
    ['a score above 1', 200, '{"findings": [], "anomalyScore": 2}', 'its answer is not'],
    ['a score that is a text', 200, '{"findings": [], "anomalyScore": "0.1"}', 'its answer is not'],
    ['more than ten', 200, found(...Array(11).fill({ weight: 1, text: 'x' })), 'its answer is not'],
  ])('%s', async (_, status, body, reason) => {
    expect(await detected(status, body)).toEqual({ kind: 'none', reason: expect.stringContaining(reason) });
  });

  test('a closed port', async () => {
    expect(await detector(await closedUrl()).find(question)).toMatchObject({ kind: 'none' });
  });

  test('one that does not end, or not in time', async () => {
    const slow = await serve(drip);
    expect(await detector(slow.url, 100).find(question)).toMatchObject({ kind: 'none' });
    const endless = await serve(gush);
    expect(await detector(endless.url).find(question)).toMatchObject({ kind: 'none' });
  });
});

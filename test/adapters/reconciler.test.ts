import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createReconciler } from '../../src/adapters/reconciler.ts';
import type { Inquiry } from '../../src/domain/action/action.ts';
import { closedUrl, serve } from './serve.ts';

const ask = (inquiry: Inquiry, systems = {}) => createReconciler(systems).ask(inquiry);
const get = (url: string): Inquiry => ({ by: 'http', url, timeoutMs: 5_000 });
const node = (script: string): Inquiry => ({
  by: 'command',
  argv: [process.execPath, '-e', script],
  timeoutMs: 10_000,
});

describe('a governed system that is asked for an effect', () => {
  test.each([
    [200, '200 OK: {"a":1}'],
    [202, '202 Accepted: {"a":1}'],
    [404, '404 Not Found: {"a":1}'],
    [410, '410 Gone: {"a":1}'],
  ])('answers with status %d', async (status, summary) => {
    const { url, requests } = await serve((response) => response.writeHead(status).end('{"a":1}'));
    expect(await ask(get(url))).toEqual({ kind: 'answer', answer: { status, text: '{"a":1}', summary } });
    expect(requests).toMatchObject([{ method: 'GET', body: '' }]);
  });

  test.each([
    [302, '302 Found'],
    [400, '400 Bad Request'],
    [401, '401 Unauthorized'],
    [403, '403 Forbidden'],
    [429, '429 Too Many Requests'],
    [500, '500 Internal Server Error'],
    [503, '503 Service Unavailable'],
  ])('INVARIANT 7: says nothing of it with status %d', async (status, words) => {
    const { url } = await serve((response) => response.writeHead(status).end());
    expect(await ask(get(url))).toEqual({
      kind: 'none',
      reason: `the answer says nothing of it: ${words}`,
    });
  });

  test('gets the credential of its origin, which is in no answer', async () => {
    const { url, requests } = await serve((response, { headers }) =>
      response.end(`you are ${headers.authorization}`),
    );
    const { answer } = Object(await ask(get(url), { [url]: { bearer: 'a-secret-token' } }));
    expect(requests[0]?.headers.authorization).toBe('Bearer a-secret-token');
    expect(answer).toMatchObject({ text: 'you are Bearer ***', summary: '200 OK: you are Bearer ***' });
  });

  test('says nothing when it is dead, or its answer is huge', async () => {
    expect(await ask(get(await closedUrl()))).toMatchObject({ kind: 'none' });
    const { url } = await serve((response) => response.writeHead(404).end('9'.repeat(70_000)));
    expect(await ask(get(url))).toEqual({ kind: 'none', reason: 'the answer is larger than 65536 bytes' });
  });
});

describe('a program that is asked for an effect', () => {
  test.each([
    ['console.log("it is there")', 0, 'it is there\n', 'exit status 0: it is there'],
    ['console.error("no such job"); process.exit(3)', 3, '', 'exit status 3: no such job'],
  ])('answers with its exit status and what it prints: %s', async (script, status, text, summary) => {
    expect(await ask(node(script))).toEqual({ kind: 'answer', answer: { status, text, summary } });
  });

  test.each([
    ['is ended by a signal', node('process.kill(process.pid, "SIGKILL")'), 'it was ended by SIGKILL'],
    [
      'is too slow',
      { ...node('setInterval(() => {}, 1_000)'), timeoutMs: 200 },
      'it was still running after 200 ms',
    ],
    ['prints too much', node('console.log("9".repeat(20_000))'), 'the program printed more than 16 KB'],
    [
      'is not there',
      { by: 'command', argv: ['no-such-program'], timeoutMs: 1_000 },
      '"no-such-program" was not started: it, or the interpreter that it names, was not found',
    ],
  ] as const)('says nothing of it where it %s', async (_, inquiry, reason) => {
    expect(await ask(inquiry)).toEqual({ kind: 'none', reason });
  });

  test('no secret that it was given is in its answer', async () => {
    vi.stubEnv('READER_TOKEN', 'a-secret-token');
    onTestFinished(() => void vi.unstubAllEnvs());
    const print = node('console.log(process.env.TOKEN)');
    expect(await ask({ ...print, environment: { TOKEN: 'READER_TOKEN' } } as Inquiry)).toMatchObject({
      answer: { text: '***\n', summary: 'exit status 0: ***' },
    });
  });
});

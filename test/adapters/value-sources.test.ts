import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ValueQuestion } from '../../src/activities/ports/value-sources.ts';
import { createValueSources } from '../../src/adapters/value-sources.ts';
import { serve } from './serve.ts';

const ask = (question: ValueQuestion, systems = {}) => createValueSources(systems).ask(question);
const get = (url: string, timeoutMs = 5_000): ValueQuestion => ({ by: 'http', url, timeoutMs });
const node = (script: string, timeoutMs = 10_000): ValueQuestion => ({
  by: 'command',
  argv: [process.execPath, '-e', script],
  timeoutMs,
});

describe('a governed system that is asked how something stands', () => {
  test('is asked with GET alone, and what it answers is the answer', async () => {
    const { url, requests } = await serve((response) => response.end('{"version":"2.3.1"}'));
    expect(await ask(get(`${url}/admin/checkout`))).toEqual({
      kind: 'text',
      text: '{"version":"2.3.1"}',
    });
    expect(requests).toMatchObject([{ method: 'GET', url: '/admin/checkout', body: '' }]);
  });

  test('gets the credential of its origin, which is in no answer', async () => {
    const { url, requests } = await serve((response, { headers }) =>
      response.end(`you are ${headers.authorization}`),
    );
    const answer = await ask(get(url), { [url]: { bearer: 'a-secret-token' } });
    expect(requests[0]?.headers.authorization).toBe('Bearer a-secret-token');
    expect(answer).toEqual({ kind: 'text', text: 'you are Bearer ***' });
  });

  test.each([
    [404, 'it answered 404 Not Found'],
    [302, 'it answered 302 Found'],
    [204, 'it answered 204 No Content'],
    [500, 'it answered 500 Internal Server Error'],
  ])('gives nothing with status %d', async (status, reason) => {
    const { url } = await serve((response) => response.writeHead(status).end());
    expect(await ask(get(url))).toEqual({ kind: 'none', reason });
  });

  test('gives nothing when it is dead', async () => {
    const { url, close } = await serve((response) => response.end());
    close();
    expect(await ask(get(url))).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('gives nothing when it is slow, and its time is over', async () => {
    const { url } = await serve(() => undefined);
    expect(await ask(get(url, 50))).toEqual({ kind: 'none', reason: 'no complete answer within 50 ms' });
  });

  test('gives nothing when its answer is huge', async () => {
    const { url } = await serve((response) => response.end('9'.repeat(70_000)));
    expect(await ask(get(url))).toEqual({ kind: 'none', reason: 'the answer is larger than 65536 bytes' });
  });

  test('is asked at an address only', async () => {
    expect(await ask(get('file:///etc/passwd'))).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('is not an address'),
    });
  });
});

describe('a program that prints a value', () => {
  test('gives what it prints', async () => {
    expect(await ask(node('console.log("2.3.1")'))).toEqual({ kind: 'text', text: '2.3.1\n' });
  });

  test('finds the variables that are named and PATH, and no secret of them is in the answer', async () => {
    vi.stubEnv('READER_TOKEN', 'a-secret-token');
    vi.stubEnv('OTHER_TOKEN', 'another-token');
    onTestFinished(() => void vi.unstubAllEnvs());
    const print = node('console.log(Object.keys(process.env).sort().join(), process.env.TOKEN)');
    expect(await ask({ ...print, environment: { TOKEN: 'READER_TOKEN' } } as ValueQuestion)).toEqual({
      kind: 'text',
      text: 'PATH,TOKEN ***\n',
    });
  });

  test.each([
    [
      'fails',
      node('console.error("no such deployment"); process.exit(3)'),
      'it ended with exit status 3: no such deployment',
    ],
    [
      'runs for too long',
      node('setInterval(() => undefined, 1000)', 300),
      'it was still running after 300 ms',
    ],
    ['prints without end', node('console.log("9".repeat(20_000))'), 'the program printed more than 16 KB'],
    [
      'is not there',
      { by: 'command', argv: ['no-such-program'], timeoutMs: 1_000 } as const,
      '"no-such-program" was not started: it, or the interpreter that it names, was not found',
    ],
    [
      'lacks a variable',
      { by: 'command', argv: ['true'], environment: { A: 'NO_SUCH_VARIABLE' }, timeoutMs: 1_000 } as const,
      '"true" was not started: the environment variable NO_SUCH_VARIABLE is not set where this worker runs',
    ],
  ])('gives nothing when it %s', async (_, question, reason) => {
    expect(await ask(question)).toEqual({ kind: 'none', reason });
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { Effect } from '../../src/activities/ports/executor.ts';
import { createHttpExecutor } from '../../src/adapters/http-executor.ts';
import type { Json } from '../../src/domain/shared/json.ts';
import { closedUrl, drip, gush, serve } from './serve.ts';

interface Request {
  readonly url: string;
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: Json;
  readonly timeoutMs?: number;
}

const effect = ({ url, method = 'POST', body = {}, timeoutMs = 10_000 }: Request): Effect => ({
  plan: { executor: 'http', method, url, body, timeoutMs },
  actionId: 'deployer.a1',
  idempotencyKey: 'deployer.a1',
  fencingToken: 7,
});

const send = (request: Request) => createHttpExecutor().run(effect(request));

const answering = async (status: number, headers: Record<string, string> = {}, body = '') =>
  serve((response) => response.writeHead(status, headers).end(body));

describe('the request', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    '%s carries the body and says who asks, for what and with which token',
    async (method) => {
      const system = await answering(204);
      await send({
        url: `${system.url}/checkout/version?dry=no`,
        method,
        body: { version: '2.5.0', note: 'é' },
      });
      expect(system.requests).toEqual([
        {
          method,
          url: '/checkout/version?dry=no',
          body: '{"version":"2.5.0","note":"é"}',
          headers: expect.objectContaining({
            'content-type': 'application/json',
            'user-agent': 'countersign',
            'idempotency-key': 'deployer.a1',
            'fencing-token': '7',
          }),
        },
      ]);
      expect(system.requests[0]?.headers).not.toHaveProperty('authorization');
    },
  );

  it('carries a secret to the origin that it belongs to and to no other', async () => {
    const ours = await answering(204);
    const other = await answering(204);
    const executor = createHttpExecutor({ [ours.url]: { bearer: 's3cret' } });
    await executor.run(effect({ url: `${ours.url}/a` }));
    await executor.run(effect({ url: `${other.url}/a` }));
    expect(ours.requests[0]?.headers.authorization).toBe('Bearer s3cret');
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });

  it.each([200, 401, 503])('does not repeat a secret that the answer %i echoes', async (status) => {
    const system = await serve((response, { headers }) =>
      response.writeHead(status).end(`you sent ${headers.authorization}`),
    );
    const result = await createHttpExecutor({ [system.url]: { bearer: 's3cret' } }).run(effect(system));
    expect(JSON.stringify(result)).toContain('you sent Bearer ***');
  });

  it('is not sent where it cannot be proved who asks: there was no effect', async () => {
    const system = await answering(204);
    const auth = { bearer: { file: '/nowhere/token' } };
    expect(await createHttpExecutor({ [system.url]: auth }).run(effect(system))).toEqual({
      kind: 'refused',
      reason: 'nothing was sent: the credentials cannot be had: /nowhere/token cannot be read (ENOENT)',
    });
    expect(system.requests).toEqual([]);
  });

  it.each(['ftp://127.0.0.1/x', 'data:application/json,{}', 'file:///etc/hostname', '/relative', 'http://'])(
    'is refused for the address %s, which is not HTTP',
    async (url) => {
      expect(await send({ url })).toEqual({
        kind: 'refused',
        reason: `"${url}" is not an address that begins with http:// or https://`,
      });
    },
  );

  it('is refused for an address with a password, which the reason does not repeat', async () => {
    expect(await send({ url: 'http://user:hunter2@127.0.0.1:1/x' })).toEqual({
      kind: 'refused',
      reason: 'the address of 127.0.0.1:1 holds a user name or password; give them as auth of that origin',
    });
  });

  it('is refused for a plan of another executor', async () => {
    const plan = { executor: 'command', argv: ['true'], timeoutMs: 1_000 } as const;
    expect(await createHttpExecutor().run({ ...effect({ url: 'http://127.0.0.1' }), plan })).toEqual({
      kind: 'refused',
      reason: 'a command plan is not an HTTP request',
    });
  });
});

describe('the answer', () => {
  it.each([
    [200, 'done', '200 OK'],
    [202, 'unknown', '202 Accepted, which does not say that it is done'],
    [204, 'done', '204 No Content'],
    [299, 'unknown', '299, which does not say that it is done'],
    [301, 'unknown', '301 Moved Permanently: redirects are not followed; the plan needs the final address'],
    [303, 'unknown', '303 See Other: redirects are not followed; the plan needs the final address'],
    [307, 'refused', '307 Temporary Redirect: redirects are not followed; the plan needs the final address'],
    [308, 'refused', '308 Permanent Redirect: redirects are not followed; the plan needs the final address'],
    [399, 'unknown', '399: redirects are not followed; the plan needs the final address'],
    [400, 'refused', '400 Bad Request'],
    [404, 'refused', '404 Not Found'],
    [408, 'unknown', '408 Request Timeout'],
    [409, 'refused', '409 Conflict'],
    [422, 'refused', '422 Unprocessable Entity'],
    [424, 'refused', '424 Failed Dependency'],
    [425, 'unknown', '425 Too Early'],
    [426, 'refused', '426 Upgrade Required'],
    [428, 'refused', '428 Precondition Required'],
    [429, 'unknown', '429 Too Many Requests'],
    [499, 'refused', '499'],
    [500, 'unknown', '500 Internal Server Error'],
    [503, 'unknown', '503 Service Unavailable'],
    [599, 'unknown', '599'],
  ])('%i is %s', async (status, kind, text) => {
    const { url } = await answering(status);
    expect(await send({ url })).toEqual({ kind, [kind === 'done' ? 'summary' : 'reason']: text });
  });

  it.each([301, 302, 303, 307, 308])('%i leads nowhere', async (status) => {
    const elsewhere = await answering(204);
    const { url } = await answering(status, { location: `${elsewhere.url}/stolen` });
    expect(await send({ url })).not.toHaveProperty('kind', 'done');
    expect(elsewhere.requests).toEqual([]);
  });

  it('is done with what the system says about it', async () => {
    const { url } = await answering(200, { 'content-type': 'application/json' }, '{"version":"2.5.0"}');
    expect(await send({ url })).toEqual({ kind: 'done', summary: '200 OK: {"version":"2.5.0"}' });
  });

  it('says when the system repeats an earlier answer', async () => {
    const { url } = await answering(200, { 'idempotent-replayed': 'true' }, '{"version":"2.5.0"}');
    expect(await send({ url })).toEqual({
      kind: 'done',
      summary: '200 OK: answered as before, not done again: {"version":"2.5.0"}',
    });
  });

  const problem = { 'content-type': 'application/problem+json; charset=utf-8' };
  it.each([
    [
      'its title and detail',
      problem,
      '{"title":"Stale token","detail":"8 is newer"}',
      'Stale token: 8 is newer',
    ],
    ['what has neither as it is', problem, '{"type":"stale"}', '{"type":"stale"}'],
    ['its title alone', problem, '{"title":"Stale token","status":409}', 'Stale token'],
    ['what is not a problem after all', problem, '["Stale"]', '["Stale"]'],
    ['what is not JSON after all', problem, '{"title":', '{"title":'],
    [
      'JSON of another type as it is',
      { 'content-type': 'application/json' },
      '{"title":"x"}',
      '{"title":"x"}',
    ],
    ['text without a type as it is', {}, 'no', 'no'],
  ])('is refused with %s', async (_, headers, body, reason) => {
    const { url } = await answering(409, headers, body);
    expect(await send({ url })).toEqual({ kind: 'refused', reason: `409 Conflict: ${reason}` });
  });

  it('is the status alone when the rest is blank', async () => {
    const { url } = await answering(404, {}, ' \r\n');
    expect(await send({ url })).toEqual({ kind: 'refused', reason: '404 Not Found' });
  });

  it('is one line without control or direction-changing characters', async () => {
    const { url } = await answering(422, {}, 'a\u001b[31m\r\nb\u0000\u009b \u202e c\u2028\t👍🏽\n');
    expect(await send({ url })).toEqual({
      kind: 'refused',
      reason: '422 Unprocessable Entity: a [31m b c 👍🏽',
    });
  });

  it.each([
    ['as it is at 500 characters', 500 - '400 Bad Request: '.length, '👍'],
    ['cut above', 501 - '400 Bad Request: '.length, '…'],
  ])('is %s', async (_, length, end) => {
    const { url } = await answering(400, {}, '👍'.repeat(length));
    const result = await send({ url });
    const reason = result.kind === 'refused' ? [...result.reason] : [];
    expect(reason).toHaveLength(500);
    expect(reason.at(-1)).toBe(end);
  });

  it.each([
    [200, 'done'],
    [400, 'refused'],
    [500, 'unknown'],
  ])('%i is read no further than it is worth', async (status, kind) => {
    const { url } = await serve((response) => gush(response.writeHead(status)));
    expect(await send({ url, timeoutMs: 60_000 })).toHaveProperty('kind', kind);
  });
});

describe('no final answer', () => {
  const late = { kind: 'unknown', reason: 'no complete answer within 200 ms' };

  it('is unknown when the system hangs after the effect, and the repeat has the same key', async () => {
    const done = new Set<unknown>();
    const { url, requests } = await serve((response, { headers }) => {
      const replayed = done.has(headers['idempotency-key']);
      done.add(headers['idempotency-key']);
      if (replayed) response.writeHead(204, { 'idempotent-replayed': 'true' }).end();
      else setTimeout(() => response.end(), 5_000).unref();
    });
    expect(await send({ url, timeoutMs: 200 })).toEqual(late);
    expect(await send({ url })).toEqual({
      kind: 'done',
      summary: '204 No Content: answered as before, not done again',
    });
    expect(requests).toHaveLength(2);
    expect(done.size).toBe(1);
  });

  it.each([200, 400, 500])(
    'is unknown when the body of %i never ends, and the connection is closed',
    async (status) => {
      const closed = vi.fn();
      const { url } = await serve((response) => {
        response.once('close', closed);
        drip(response.writeHead(status));
      });
      expect(await send({ url, timeoutMs: 200 })).toEqual(late);
      await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
    },
  );

  it('is unknown when nothing listens', async () => {
    const url = await closedUrl();
    expect(await send({ url })).toEqual({
      kind: 'unknown',
      reason: `connect ECONNREFUSED ${new URL(url).host}`,
    });
  });

  it('is unknown when the connection ends before an answer', async () => {
    const { url } = await serve((response) => response.socket?.destroy());
    expect(await send({ url })).toEqual({ kind: 'unknown', reason: 'other side closed' });
  });

  it('is unknown when the answer breaks off', async () => {
    const { url } = await serve((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"version":', () => response.socket?.destroy());
    });
    expect(await send({ url })).toHaveProperty('kind', 'unknown');
  });

  it('is none at all for a time-out that no timer takes: nothing was sent', async () => {
    expect(await send({ url: 'http://127.0.0.1:1', timeoutMs: -1 })).toHaveProperty('kind', 'refused');
  });
});

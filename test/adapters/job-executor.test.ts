import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { describe, expect, it, test } from 'vitest';
import type { Effect, Progress } from '../../src/activities/ports/executor.ts';
import { createJobExecutor } from '../../src/adapters/job-executor.ts';
import type { JobPlan, JobStatus } from '../../src/domain/action/action.ts';
import type { Json } from '../../src/domain/shared/json.ts';
import { closedUrl, serve } from './serve.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: Json;
}

/** An API that accepts jobs and finishes them later: what it answers to the request, and to each look. */
async function api({
  begin = ACCEPTED,
  looks = [{ body: { state: 'done' } }],
  cancel = { status: 204 },
}: {
  readonly begin?: Answer;
  /** The last one is answered for ever. */
  readonly looks?: readonly Answer[];
  readonly cancel?: Answer;
} = {}) {
  const seen = { begun: [] as IncomingHttpHeaders[], looks: 0, cancelled: [] as string[] };
  const server = await serve((response, { method, url, headers, body }) => {
    if (url === '/reindex') {
      seen.begun.push(headers);
      return reply(response, begin);
    }
    if (method === 'GET') {
      const answer = looks[Math.min(seen.looks, looks.length - 1)] ?? {};
      seen.looks += 1;
      return reply(response, answer);
    }
    seen.cancelled.push(`${method} ${url} ${body}`);
    return reply(response, cancel);
  });
  return { ...server, seen };
}

function reply(response: ServerResponse, { status = 200, headers = {}, body = '' }: Answer): void {
  response.writeHead(status, headers).end(body === '' ? '' : JSON.stringify(body));
}

const ACCEPTED: Answer = { status: 202, headers: { location: '/jobs/7' } };
const RUNS: Answer = { body: { state: 'running' } };

type Changes = Partial<Omit<JobPlan, 'status'>> & { readonly status?: Partial<JobStatus> };

const effect = (url: string, { status, ...changes }: Changes = {}): Effect & { plan: JobPlan } => ({
  plan: {
    executor: 'job',
    method: 'POST',
    url: `${url}/reindex`,
    body: { index: 'orders' },
    status: {
      intervalMs: 20,
      succeeded: 'answer.state == "done"',
      failed: 'answer.state == "failed"',
      unchanged: 'answer.state == "rejected"',
      ...status,
    },
    timeoutMs: 10_000,
    ...changes,
  },
  actionId: 'deployer.a1',
  idempotencyKey: 'deployer.a1',
  fencingToken: 7,
});

const executor = createJobExecutor({}, Date.now);
const run = (url: string, changes?: Changes, progress?: Progress) =>
  executor.run(effect(url, changes), progress);

/** What an executor told of a job, and until when it is wanted. */
function noted(unwanted: () => string | undefined = () => undefined) {
  const began: string[] = [];
  const progress: Progress = {
    began: async (statusUrl) => void began.push(statusUrl),
    unwanted: async () => unwanted(),
  };
  return { began, progress };
}

describe('the request', () => {
  it('says who asks, for what and with which token, once', async () => {
    const { url, seen, requests } = await api();
    await run(url);
    expect(requests[0]).toMatchObject({ method: 'POST', body: '{"index":"orders"}' });
    expect(seen.begun).toEqual([
      expect.objectContaining({ 'idempotency-key': 'deployer.a1', 'fencing-token': '7' }),
    ]);
  });

  it.each([
    [400, 'refused'],
    [404, 'refused'],
    [429, 'unknown'],
    [503, 'unknown'],
    [303, 'unknown'],
    [308, 'refused'],
  ])('that is answered %i is %s, and nothing is followed', async (status, kind) => {
    const { url, seen } = await api({ begin: { status, headers: { location: '/jobs/7' } } });
    expect(await run(url)).toEqual({ kind, reason: expect.stringContaining(String(status)) });
    expect(seen.looks).toBe(0);
  });

  it('that gets no answer is unknown, and may be sent again', async () => {
    expect(await run(await closedUrl())).toEqual({ kind: 'unknown', reason: expect.any(String) });
  });

  it('is not sent where it cannot be proved who asks', async () => {
    const { url, seen } = await api();
    const systems = { [url]: { bearer: { file: '/nowhere/token' } } };
    expect(await createJobExecutor(systems, Date.now).run(effect(url))).toEqual({
      kind: 'refused',
      reason: 'nothing was sent: the credentials cannot be had: /nowhere/token cannot be read (ENOENT)',
    });
    expect(seen.begun).toEqual([]);
  });

  it('is refused for a plan of another executor', async () => {
    const plan = { executor: 'command', argv: ['true'], timeoutMs: 1_000 } as const;
    expect(await executor.run({ ...effect('http://x'), plan })).toEqual({
      kind: 'refused',
      reason: 'a command plan is no job',
    });
  });
});

describe('the address of a job', () => {
  it.each<[string, Answer, string | undefined]>([
    ['is Location', { status: 202, headers: { location: '/jobs/7' } }, undefined],
    [
      'is Operation-Location before Location',
      { status: 202, headers: { 'operation-location': '/jobs/7', location: '/indexes/orders' } },
      undefined,
    ],
    [
      'is what an expression finds',
      { status: 200, body: { links: { self: '/jobs/7' } } },
      'answer.links.self',
    ],
    ['is what an expression makes', { status: 201, body: { id: '7' } }, '"/jobs/" + answer.id'],
  ])('%s', async (_, begin, written) => {
    const { url, requests } = await api({ begin });
    const { began, progress } = noted();
    expect(await run(url, { status: { url: written } }, progress)).toMatchObject({ kind: 'done' });
    expect(requests.at(-1)).toMatchObject({ method: 'GET', url: '/jobs/7' });
    expect(began).toEqual([`${url}/jobs/7`]);
  });

  it('of another origin is not asked, whatever the answer says: what proves who asks stays where it belongs', async () => {
    const other = await api();
    const { url } = await api({ begin: { status: 202, headers: { location: `${other.url}/jobs/7` } } });
    const systems = { [url]: { bearer: 's3cret-of-ours' } };
    expect(await createJobExecutor(systems, Date.now).run(effect(url))).toEqual({
      kind: 'unknown',
      reason: `the job is not followed: its address "${other.url}/jobs/7" is not of ${url}`,
      isFinal: true,
    });
    expect(other.requests).toEqual([]);
  });

  it.each(['//other.example/jobs/7', 'http://user:pw@127.0.0.1/jobs', 'http://['])(
    'that is not of the origin is not asked: %s',
    async (location) => {
      const { url, seen } = await api({ begin: { status: 202, headers: { location } } });
      expect(await run(url)).toMatchObject({ kind: 'unknown', isFinal: true });
      expect(seen.looks).toBe(0);
    },
  );

  it('that holds our secret is not asked and not kept: it would be in the ledger', async () => {
    const { url, seen } = await api({
      begin: { status: 202, headers: { location: '/jobs/7?t=s3cret-of-ours' } },
    });
    const { began, progress } = noted();
    const systems = { [url]: { bearer: 's3cret-of-ours' } };
    const result = await createJobExecutor(systems, Date.now).run(effect(url), progress);
    expect(result).toMatchObject({ kind: 'unknown', isFinal: true });
    expect(JSON.stringify([result, began])).not.toContain('s3cret');
    expect([seen.looks, began]).toEqual([0, []]);
  });

  it.each<[Answer, string]>([
    [{ status: 200, body: { state: 'done' } }, 'done'],
    [{ status: 200, body: { state: 'rejected' } }, 'refused'],
    [{ status: 202 }, 'unknown'],
    [{ status: 200, body: { state: 'running' } }, 'unknown'],
  ])('that is missing leaves the answer itself: %j is %s', async (begin, kind) => {
    const { url, seen } = await api({ begin });
    expect((await run(url)).kind).toBe(kind);
    expect(seen.looks).toBe(0);
  });

  it('gets what proves who asks, at each look', async () => {
    const { url, requests } = await api({ looks: [RUNS, { body: { state: 'done' } }] });
    await createJobExecutor({ [url]: { bearer: 's3cret' } }, Date.now).run(effect(url));
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer s3cret'));
  });
});

describe('a job', () => {
  it('that is accepted is not done: it is followed until it is', async () => {
    const { url, seen } = await api({ looks: [RUNS, RUNS, { body: { state: 'done', rows: 12 } }] });
    expect(await run(url)).toEqual({ kind: 'done', summary: '200 OK: {"state":"done","rows":12}' });
    expect(seen.looks).toBe(3);
  });

  it.each<[string, Answer, object]>([
    ['failed', { body: { state: 'failed' } }, { kind: 'unknown', isFinal: true }],
    ['changed nothing', { body: { state: 'rejected' } }, { kind: 'refused' }],
    ['succeeded', { body: { state: 'done' } }, { kind: 'done' }],
  ])('that %s is told so', async (_, last, result) => {
    const { url } = await api({ looks: [RUNS, last] });
    expect(await run(url)).toMatchObject(result);
  });

  it('that says several things at once is unknown, and never the better of them', async () => {
    const { url } = await api({ looks: [{ body: { state: 'done' } }] });
    expect(await run(url, { status: { failed: 'status == 200' } })).toEqual({
      kind: 'unknown',
      reason: 'the job says several things at once: 200 OK: {"state":"done"}',
      isFinal: true,
    });
  });

  it.each<Answer>([{ status: 500 }, { status: 404 }, { status: 401 }, { body: 'no state' }, {}])(
    'goes on where an answer says nothing of it: %j',
    async (answer) => {
      const { url } = await api({ looks: [answer, { body: { state: 'done' } }] });
      expect(await run(url)).toMatchObject({ kind: 'done' });
    },
  );

  it('may say by its status alone how it stands', async () => {
    const { url } = await api({ looks: [RUNS, { status: 303, headers: { location: '/indexes/orders' } }] });
    expect(await run(url, { status: { succeeded: 'status == 303' } })).toMatchObject({ kind: 'done' });
  });

  it('has its result in the words of an expression, in one line, without secrets', async () => {
    const { url } = await api({ looks: [{ body: { state: 'done', said: 'by\ns3cret-of-ours' } }] });
    const systems = { [url]: { bearer: 's3cret-of-ours' } };
    const plan = effect(url, { status: { summary: 'answer.said' } });
    expect(await createJobExecutor(systems, Date.now).run(plan)).toEqual({
      kind: 'done',
      summary: '200 OK: by ***',
    });
  });

  it('is left alone as long as it asks for', async () => {
    const { url } = await api({
      looks: [{ ...RUNS, headers: { 'retry-after': '1' } }, { body: { state: 'done' } }],
    });
    const begun = performance.now();
    expect(await run(url)).toMatchObject({ kind: 'done' });
    expect(performance.now() - begun).toBeGreaterThan(900);
  });
});

describe('a job that does not end in time', () => {
  it('is cancelled, and what it did before is not known', async () => {
    const { url, seen } = await api({ looks: [RUNS, RUNS, RUNS, { body: { state: 'failed' } }] });
    const cancel = { method: 'POST', append: '/cancel', body: { why: 'late' } } as const;
    expect(await run(url, { cancel, timeoutMs: 25 })).toEqual({
      kind: 'unknown',
      reason: expect.stringMatching(/^it still ran after 25 ms, and it was cancelled: the job failed: /),
      isFinal: true,
    });
    expect(seen.cancelled).toEqual(['POST /jobs/7/cancel {"why":"late"}']);
  });

  it.each<[string, string]>([
    ['rejected', 'refused'],
    ['done', 'done'],
  ])('may say after the cancel that it is %s: then that holds', async (state, kind) => {
    const { url } = await api({ looks: [RUNS, RUNS, RUNS, { body: { state } }] });
    expect((await run(url, { cancel: { method: 'DELETE' }, timeoutMs: 25 })).kind).toBe(kind);
  });

  it('is unknown where the cancel fails', async () => {
    const { url, seen } = await api({ looks: [RUNS], cancel: { status: 409 } });
    expect(await run(url, { cancel: { method: 'DELETE' }, timeoutMs: 25 })).toEqual({
      kind: 'unknown',
      reason: expect.stringMatching(
        /^it still ran after 25 ms, and cancelling it failed: 409 Conflict: 200 OK/,
      ),
      isFinal: true,
    });
    expect(seen.cancelled).toEqual(['DELETE /jobs/7 ']);
  });

  it('is unknown where nothing cancels it', async () => {
    const { url } = await api({ looks: [RUNS] });
    expect(await run(url, { timeoutMs: 25 })).toEqual({
      kind: 'unknown',
      reason: expect.stringMatching(/^it still ran after 25 ms, and nothing cancels it: /),
      isFinal: true,
    });
  });

  it('is asked a last time when its time is over, however long it wants to be left alone', async () => {
    const { url, seen } = await api({
      looks: [{ ...RUNS, headers: { 'retry-after': '3600' } }, { body: { state: 'done' } }],
    });
    expect(await run(url, { timeoutMs: 200 })).toMatchObject({ kind: 'done' });
    expect(seen.looks).toBe(2);
  });
});

test('a job that is not wanted any more is cancelled at once', async () => {
  const { url, seen } = await api({ looks: [RUNS, RUNS, { body: { state: 'rejected' } }] });
  const { progress } = noted(() => (seen.looks > 1 ? 'ada revoked it' : undefined));
  expect(await run(url, { cancel: { method: 'DELETE' } }, progress)).toMatchObject({ kind: 'refused' });
  expect(seen.cancelled).toHaveLength(1);
});

describe('INVARIANT 8: a job that an earlier attempt began', () => {
  it('is followed, and none is begun', async () => {
    const { url, seen } = await api({ looks: [RUNS, { body: { state: 'done' } }] });
    const job = { statusUrl: `${url}/jobs/7`, since: Date.now() };
    expect(await executor.run({ ...effect(url), job })).toMatchObject({ kind: 'done' });
    expect(seen.begun).toEqual([]);
  });

  it('has the time that is left since it was begun', async () => {
    const { url, seen } = await api({ looks: [RUNS] });
    const job = { statusUrl: `${url}/jobs/7`, since: Date.now() - 10_000 };
    expect(await executor.run({ ...effect(url), job })).toMatchObject({ kind: 'unknown', isFinal: true });
    expect(seen.looks).toBe(1);
  });
});

describe('looking a job up', () => {
  it.each([
    ['done', 'present'],
    ['rejected', 'absent'],
    ['failed', 'unknown'],
    ['running', 'unknown'],
  ])('that is %s: its effect is %s', async (state, found) => {
    const { url } = await api({ looks: [{ body: { state } }] });
    const job = { statusUrl: `${url}/jobs/7`, since: Date.now() };
    expect(await executor.lookUp?.({ ...effect(url), job })).toMatchObject({ found });
  });

  it('of which nobody kept the address tells nothing', async () => {
    expect(await executor.lookUp?.(effect('http://127.0.0.1:1'))).toMatchObject({ found: 'unknown' });
  });
});

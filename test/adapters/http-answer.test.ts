import { describe, expect, it } from 'vitest';
import { createHttpExecutor } from '../../src/adapters/http-executor.ts';
import type { Success } from '../../src/domain/action/action.ts';
import { serve } from './serve.ts';

async function resultOf(status: number, body: string, success?: Success) {
  const { url } = await serve((response) =>
    response.writeHead(status).end(status === 204 ? undefined : body),
  );
  return createHttpExecutor().run({
    plan: { executor: 'http', method: 'POST', url, body: {}, timeoutMs: 20_000, success },
    actionId: 'a',
    idempotencyKey: 'a',
    fencingToken: 1,
  });
}

describe('an answer that was not said to be a success', () => {
  it.each([200, 201, 204])('is done by %i', async (status) => {
    expect(await resultOf(status, '{}')).toHaveProperty('kind', 'done');
  });

  it.each([202, 203, 205, 206, 207, 208, 226, 299])(
    'is unknown by %i: part of it may be missing',
    async (status) => {
      expect(await resultOf(status, '')).toMatchObject({
        kind: 'unknown',
        reason: expect.stringMatching(new RegExp(`^${status}.*, which does not say that it is done$`)),
      });
    },
  );

  it('is told with what it says', async () => {
    expect(await resultOf(202, '{"status":"pending"}')).toEqual({
      kind: 'unknown',
      reason: '202 Accepted, which does not say that it is done: {"status":"pending"}',
    });
  });
});

describe('a success by status', () => {
  const success = { statuses: [200, 404] };
  it.each([
    [200, 'done'],
    [404, 'done'],
    [201, 'unknown'],
    [202, 'unknown'],
    [409, 'refused'],
    [429, 'unknown'],
    [500, 'unknown'],
  ])('of 200 and 404: %i is %s', async (status, kind) => {
    expect(await resultOf(status, 'gone', success)).toHaveProperty('kind', kind);
  });
});

describe('a success by condition', () => {
  const success = { condition: 'answer.state == "done" && answer.failed.size() == 0' };
  const DONE = '{"state":"done","failed":[]}';

  it.each([
    ['done', 200, DONE],
    ['done', 202, DONE],
    ['done', 207, DONE],
    ['unknown', 200, '{"state":"pending","failed":[]}'],
    ['unknown', 200, '{"state":"failed","failed":[]}'],
    ['unknown', 202, '{"state":"pending","failed":[]}'],
    ['unknown', 207, '{"state":"done","failed":["web-1"]}'],
    ['unknown', 200, '{"state":"done"}'],
    ['unknown', 200, '{}'],
    ['unknown', 200, 'null'],
    ['unknown', 200, 'done'],
    ['unknown', 200, ''],
    ['unknown', 204, ''],
    ['unknown', 200, '{"state":"done","failed":[]'],
    ['refused', 404, DONE],
    ['unknown', 500, DONE],
    ['unknown', 303, DONE],
  ])('is %s by %i %s', async (kind, status, body) => {
    expect(await resultOf(status, body, success)).toHaveProperty('kind', kind);
  });

  it('does not hold for an answer that is too long to be read to its end', async () => {
    const long = `{"state":"done","failed":[],"log":"${'x'.repeat(70_000)}"}`;
    expect(await resultOf(200, long, success)).toHaveProperty('kind', 'unknown');
  });

  it('that does not hold is told with the answer', async () => {
    expect(await resultOf(200, '{"state":"pending"}', { condition: 'answer.state == "done"' })).toEqual({
      kind: 'unknown',
      reason: '200 OK, which does not meet the condition of its success: {"state":"pending"}',
    });
  });

  it('holds for the statuses that are named with it alone', async () => {
    const both = { statuses: [200, 202], condition: 'answer.state == "done"' };
    expect(await resultOf(202, DONE, both)).toHaveProperty('kind', 'done');
    expect(await resultOf(201, DONE, both)).toHaveProperty('kind', 'unknown');
  });

  it('may ask for the status', async () => {
    const either = { condition: 'status == 200 || answer.state == "done"' };
    expect(await resultOf(200, '{"state":"any"}', either)).toHaveProperty('kind', 'done');
    expect(await resultOf(202, '{"state":"any"}', either)).toHaveProperty('kind', 'unknown');
  });

  it.each([
    ['done', '{"id":9007199254740993}', 'answer.id == 9007199254740993'],
    ['unknown', '{"id":9007199254740992}', 'answer.id == 9007199254740993'],
    ['done', '{"jobs":[{"id":9007199254740993}],"state":"done"}', 'answer.state == "done"'],
    ['done', '9007199254740993', 'answer == 9007199254740993'],
    ['unknown', '{"state":"failed","state":"done"}', 'answer.state == "done"'],
    ['unknown', '{"load":1e400}', 'answer.load > 1.0'],
  ])('compares exactly: %s by %s where %s', async (kind, body, condition) => {
    expect(await resultOf(200, body, { condition })).toHaveProperty('kind', kind);
  });
});

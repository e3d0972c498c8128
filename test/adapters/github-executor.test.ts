import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/activities/ports/executor.ts';
import { createGithubExecutor } from '../../src/adapters/github/github-executor.ts';
import type { GithubPlan } from '../../src/domain/action/action.ts';
import type { Preview } from '../../src/domain/action/preview.ts';
import { aGitHub } from '../support/github-server.ts';

const TOKEN = 'ghs_a-token-of-an-installation';
const executorFor = (url: string) =>
  createGithubExecutor({ [url]: { bearer: TOKEN } }, () => performance.now(), 20);

const plan = (api: string, changes: Partial<GithubPlan> = {}): GithubPlan => ({
  executor: 'github',
  api,
  repository: 'example/shop',
  workflow: 'deploy.yml',
  branch: 'main',
  change: 'dispatch',
  inputs: { version: '2.5.0' },
  correlation: { input: 'correlation', value: 'countersign-0123456789' },
  timeoutMs: 2_000,
  ...changes,
});
const effect = (of: GithubPlan, preview?: Preview): Effect => ({
  plan: of,
  actionId: 'agent.a',
  idempotencyKey: 'agent.a',
  fencingToken: 2,
  preview,
});

async function begun() {
  const { url, state, requests } = await aGitHub();
  const executor = executorFor(url);
  const preview = async (of = plan(url)): Promise<Preview> => {
    const answer = await executor.preview?.(of);
    if (answer?.kind !== 'previewed') throw new Error(JSON.stringify(answer));
    return answer.preview;
  };
  return { url, state, requests, executor, preview };
}

describe('the preview', () => {
  test('says which workflow runs at which commit, with which inputs, and starts nothing', async () => {
    const { state, preview } = await begun();
    expect(await preview()).toEqual({
      summary: 'run Deploy (deploy.yml) of example/shop at aaaaaaaaaaaa of main',
      changes: [
        { what: 'input correlation', to: 'countersign-0123456789' },
        { what: 'input version', to: '2.5.0' },
      ],
      boundTo: { workflow: '17', commit: 'a'.repeat(40) },
    });
    expect(state.runs).toEqual([]);
  });

  test.each<[string, Partial<GithubPlan>, string]>([
    ['a workflow', { workflow: 'other.yml' }, 'GitHub says 404 Not Found: Not Found'],
    ['a branch', { branch: 'other' }, 'GitHub says 404 Not Found: Not Found'],
  ])('is a refusal where there is no such %s', async (_, changes, reason) => {
    const { url, executor } = await begun();
    expect(await executor.preview?.(plan(url, changes))).toEqual({ kind: 'refused', reason });
  });

  test('is a refusal where the workflow is disabled', async () => {
    const { url, state, executor } = await begun();
    state.workflowState = 'disabled_manually';
    expect(await executor.preview?.(plan(url))).toMatchObject({ kind: 'refused' });
  });
});

describe('a run', () => {
  test('is started once, is found by its correlation, and is so when it succeeded', async () => {
    const { url, state, executor, preview } = await begun();
    const seen = await preview();
    expect(await executor.run(effect(plan(url), seen))).toMatchObject({ kind: 'done' });
    expect(state.runs).toHaveLength(1);
    expect(await executor.verify?.(effect(plan(url), seen))).toEqual({
      kind: 'verified',
      summary: 'the run 1000 ended with success',
    });
  });

  test('is found behind a page of other runs', async () => {
    const { url, state, executor, preview } = await begun();
    await executor.run(effect(plan(url), await preview()));
    const [ours] = state.runs;
    if (!ours) throw new Error('it was started');
    const others = Array.from({ length: 100 }, (_, id) => ({ ...ours, id, display_title: 'nightly' }));
    state.runs = [...others, ours];
    expect(await executor.lookUp?.(effect(plan(url)))).toMatchObject({ found: 'present' });
  });

  test('is not started where somebody pushed to the branch in between', async () => {
    const { url, state, executor, preview } = await begun();
    const seen = await preview();
    state.sha = 'b'.repeat(40);
    expect(await executor.run(effect(plan(url), seen))).toEqual({
      kind: 'refused',
      reason: 'it would run something else now than people saw; nothing was started',
    });
    expect(state.runs).toEqual([]);
  });

  test('that began at another commit is told to stop, and is not so', async () => {
    const { url, state, executor, preview } = await begun();
    state.ends = undefined;
    const seen = await preview();
    await executor.run(effect(plan(url), seen));
    for (const run of state.runs) run.head_sha = 'b'.repeat(40);
    expect(await executor.verify?.(effect(plan(url), seen))).toMatchObject({ kind: 'notSo' });
    expect(state.runs.map(({ conclusion }) => conclusion)).toEqual(['cancelled']);
  });

  test('that failed is not so, and of one that still runs after its time nobody knows', async () => {
    const { url, state, executor, preview } = await begun();
    state.ends = 'failure';
    const seen = await preview();
    await executor.run(effect(plan(url), seen));
    expect(await executor.verify?.(effect(plan(url), seen))).toEqual({
      kind: 'notSo',
      reason: 'the run 1000 ended with failure',
    });
    for (const run of state.runs) run.status = 'in_progress';
    const short = plan(url, { timeoutMs: 100 });
    expect(await executor.verify?.(effect(short, seen))).toEqual({
      kind: 'unknown',
      reason: 'the run 1000 is in_progress',
    });
  });

  test('of which the answer was lost is unknown, and is looked up', async () => {
    const { url, state, executor, preview } = await begun();
    const seen = await preview();
    expect(await executor.lookUp?.(effect(plan(url), seen))).toMatchObject({ found: 'absent' });
    state.loses = true;
    expect(await executor.run(effect(plan(url), seen))).toMatchObject({ kind: 'unknown' });
    expect(await executor.lookUp?.(effect(plan(url), seen))).toMatchObject({ found: 'present' });
  });

  test('with an input that the workflow does not have is refused in the words of GitHub', async () => {
    const { url, executor, preview } = await begun();
    const other = plan(url, { inputs: { count: '3' } });
    expect(await executor.run(effect(other, await preview(other)))).toEqual({
      kind: 'refused',
      reason: 'GitHub says 422 Unprocessable Entity: Unexpected inputs provided: ["count"]',
    });
  });
});

describe('the undo', () => {
  test('cancels the run while it runs', async () => {
    const { url, state, executor, preview } = await begun();
    state.ends = undefined;
    const seen = await preview();
    await executor.run(effect(plan(url), seen));
    const undo = plan(url, { change: 'undo' });
    expect((await preview(undo)).summary).toBe('cancel the run 1000');
    expect(await executor.run(effect(undo, seen))).toMatchObject({ kind: 'done' });
    expect(await executor.verify?.(effect(undo, seen))).toMatchObject({ kind: 'verified' });
    expect(await executor.run(effect(undo, seen))).toMatchObject({ kind: 'done' });
  });

  test('is refused once the run is over: what it did stays', async () => {
    const { url, executor, preview } = await begun();
    const seen = await preview();
    await executor.run(effect(plan(url), seen));
    const undo = plan(url, { change: 'undo' });
    const reason = 'the run is over: what it did stays';
    expect(await executor.preview?.(undo)).toEqual({ kind: 'refused', reason });
    expect(await executor.run(effect(undo, seen))).toEqual({ kind: 'refused', reason });
  });
});

test.each([
  [
    { status: 403, headers: { 'retry-after': '60' }, message: 'secondary rate limit' },
    'too many requests, for 60 s',
  ],
  [
    {
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000000' },
      message: 'limit',
    },
    'too many requests, until 2027-01-15T08:00:00.000Z',
  ],
  [{ status: 401, message: 'Bad credentials' }, 'GitHub says 401 Unauthorized: Bad credentials'],
])('where GitHub takes no questions, nobody knows what it would do: %j', async (fault, reason) => {
  const { url, state, executor } = await begun();
  state.fault = fault;
  expect(await executor.preview?.(plan(url))).toMatchObject({
    kind: 'unknown',
    reason: expect.stringContaining(reason),
  });
});

test('the token goes to the API alone, and no word of it comes back', async () => {
  const { url, state, requests, executor } = await begun();
  state.fault = { status: 500, message: `${TOKEN} is not good` };
  const answer = await executor.preview?.(plan(url));
  expect(requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`]);
  expect(answer).toEqual({
    kind: 'unknown',
    reason: 'GitHub says 500 Internal Server Error: *** is not good',
  });
});

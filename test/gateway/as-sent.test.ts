import { describe, expect, test } from 'vitest';
import { deploy, proposal } from '../support/proposals.ts';
import { AGENT_KEY, decideBy, formOf, useDecidedWorld, votesOf } from './decided-world.ts';
import { compactOf } from './signed.ts';

const at = useDecidedWorld();

const LARGE = '9007199254740993';
const CHANGED = `${LARGE} would arrive as another number: whole numbers go up to 9007199254740991 (2^53 - 1); send a larger one as text, in quotes`;
const TWICE = 'is written twice: keep one of them';

/** The text of JSON with one part of it written otherwise. */
const rewritten = (value: unknown, part: string, by: string) => {
  const text = JSON.stringify(value);
  expect(text).toContain(part);
  return text.replace(part, by);
};

async function post(path: string, body: string, type = 'application/json') {
  const answer = await at()
    .gateway.browser()
    .send(path, { method: 'POST', headers: { 'content-type': type }, body });
  return { status: answer.status, ...((await answer.json()) as { errors?: unknown }) };
}

describe('a proposal over HTTP', () => {
  test('with a number that would arrive as another one is refused at its place', async () => {
    const body = rewritten(proposal({ params: { n: 1 } }), '"n":1', `"n":${LARGE}`);
    expect(await post('/api/actions', body)).toMatchObject({
      status: 400,
      errors: [{ where: 'params.n', problem: CHANGED }],
    });
  });

  test('with a member twice is refused at its place', async () => {
    const body = rewritten(proposal(), '"target":', '"target":"cart","target":');
    expect(await post('/api/actions', body)).toMatchObject({
      status: 400,
      errors: [{ where: 'target', problem: TWICE }],
    });
  });

  test('that is signed is refused for the same', async () => {
    const text = rewritten(deploy('5.0.0'), '"version":"5.0.0"', `"version":${LARGE}`);
    const answer = await post('/api/actions', await compactOf(text, AGENT_KEY), 'application/jose');
    expect(answer).toMatchObject({ status: 422, errors: [{ where: 'params.version', problem: CHANGED }] });
  });
});

describe('a decision', () => {
  test('over HTTP that names its verdict twice does not count', async () => {
    const { world, gateway } = at();
    const action = await world.asked(proposal({ target: 'cart' }));
    const barbara = await gateway.signedIn('barbara');
    const { csrf } = await barbara.me();
    const { runId, digest } = await formOf(barbara, action);
    const answer = await barbara.send(`/api/actions/${action.actionId}/decisions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: gateway.origin, 'x-csrf-token': csrf },
      body: `{"verdict":"deny","reason":"no","runId":"${runId}","digest":"${digest}","verdict":"approve"}`,
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ where: 'verdict', problem: TWICE }] });
    expect(await votesOf(action)).toEqual([]);
    await action.cancel();
  });

  test('by a form that names its verdict twice does not count', async () => {
    const { world, gateway } = at();
    const action = await world.asked(proposal({ target: 'cart' }));
    const barbara = await gateway.signedIn('barbara');
    const fields = new URLSearchParams({ ...(await formOf(barbara, action)), verdict: 'deny', reason: 'no' });
    fields.append('verdict', 'approve');
    const answer = await barbara.send(`/actions/${action.actionId}/decide`, {
      method: 'POST',
      body: fields,
      headers: { origin: gateway.origin, 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('verdict: is there twice: send one of them');
    expect(await votesOf(action)).toEqual([]);
    await action.cancel();
  });

  test.each([
    ['{"key": "a", "key": "b"}', `params.key: ${TWICE}`],
    [`{"key": ${LARGE}}`, `params.key: ${CHANGED}`],
  ])('that edits the parameters to %s is refused on its page', async (params, said) => {
    const { world, gateway } = at();
    const action = await world.asked(proposal({ target: 'cart' }));
    const barbara = await gateway.signedIn('barbara');
    const answer = await decideBy(barbara, action, { verdict: 'edit', params, reason: 'that one' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(said);
    await action.cancel();
  });
});

import { describe, expect, test } from 'vitest';
import { readDecision } from '../../src/domain/approval/parse-decision.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { AGENT_KEY, decideBy, formOf, untilClosed, useDecidedWorld, votesOf } from './decided-world.ts';
import { signed } from './signed.ts';

const at = useDecidedWorld();

const flushCart = () => proposal({ target: 'cart' });

test('a reason of two lines is signed as it was typed: browsers send CRLF', async () => {
  const { world, gateway } = at();
  const action = await world.asked(flushCart());
  const barbara = await gateway.signedIn('barbara');
  const reason = 'the queue is full\r\nand nobody buys now';
  expect((await decideBy(barbara, action, { verdict: 'deny', named: 'Too risky', reason })).status).toBe(303);
  await untilClosed(action);
  const { votes } = await action.state();
  expect(votes[0]?.reason).toBe('Too risky: the queue is full\nand nobody buys now');
});

describe('a form that is refused', () => {
  test('says what is missing, and keeps what was typed', async () => {
    const { world, gateway } = at();
    const action = await world.asked(flushCart());
    const barbara = await gateway.signedIn('barbara');
    const asked = await decideBy(barbara, action, { verdict: 'ask', reason: ' ' });
    expect(asked.status).toBe(400);
    expect(await asked.text()).toContain('is needed to ask: it is the question');
    const edit = { verdict: 'edit', params: '{"key": ', reason: 'the\r\nright one' };
    const edited = await decideBy(barbara, action, edit);
    expect(edited.status).toBe(400);
    const page = await edited.text();
    expect(page).toContain('<details class="form" open><summary>Edit the parameters');
    expect(page).toContain('>{&quot;key&quot;: </textarea>');
    expect(page).toMatch(/>the\r?\nright one<\/textarea>/);
    expect(await votesOf(action)).toEqual([]);
  });

  test('can be sent again as it stands there, once it is mended', async () => {
    const { world, gateway } = at();
    const action = await world.asked(flushCart());
    const barbara = await gateway.signedIn('barbara');
    const stale = await decideBy(barbara, action, {
      verdict: 'approve',
      reason: 'the sale is over',
      digest: '0'.repeat(64),
    });
    expect(stale.status).toBe(409);
    expect(await stale.text()).toContain('>the sale is over</textarea>');
    expect((await decideBy(barbara, action, { verdict: 'approve', reason: 'the sale is over' })).status).toBe(
      303,
    );
    await untilClosed(action);
    expect(await votesOf(action)).toMatchObject([{ person: 'barbara', verdict: 'approve' }]);
  });
});

describe('an approval of what contradicts itself', () => {
  const summary = 'Flush the cache in staging. Approved by grace.';
  const evidence = [{ title: 'hit rate', detail: '91 % at 2020-03-02T08:10Z' }];
  const doubtful = () =>
    proposal({ target: 'cart', rationale: { ...flushCart().rationale, summary }, evidence });

  /** Asks for it, and opens its page as barbara. */
  async function asked() {
    const { world, gateway } = at();
    const action = await world.asked(doubtful());
    const barbara = await gateway.signedIn('barbara');
    const page = await (await barbara.send(`/actions/${action.actionId}`)).text();
    const boxes = [...page.matchAll(/name="confirms-([0-9a-f]{64})" value="yes" required/g)];
    const digests = boxes.map(([, digest = '']) => digest);
    expect(digests.length).toBeGreaterThan(1);
    const fields = await formOf(barbara, action);
    /** Approves with these boxes ticked. */
    const approve = (...ticked: string[]) =>
      barbara.form(`/actions/${action.actionId}/decide`, {
        ...fields,
        verdict: 'approve',
        reason: 'I asked them',
        ...Object.fromEntries(ticked.map((each) => [`confirms-${each}`, 'yes'])),
      });
    return { world, action, barbara, digests, fields, approve };
  }

  test('counts once each finding is confirmed, and until then keeps what was typed and ticked', async () => {
    const { world, action, digests, approve } = await asked();
    const [first = ''] = digests;
    for (const ticked of [[], [first], [first, '0'.repeat(64)]]) {
      const refused = await approve(...ticked);
      expect(refused.status).toBe(422);
      const page = await refused.text();
      expect(page).toContain('an approval must confirm what was found');
      expect(page).toContain('does not say &quot;Approve although ');
      expect(page).toContain('>I asked them</textarea>');
      expect(page.match(/type="checkbox"[^>]*checked/g) ?? []).toHaveLength(ticked.includes(first) ? 1 : 0);
    }
    expect(await votesOf(action)).toEqual([]);
    // A digest of nothing that was found is no part of what is signed.
    expect((await approve(...digests, '0'.repeat(64))).status).toBe(303);
    await untilClosed(action);
    const [{ jws = '', confirmed = [] } = {}] = (await action.state()).votes;
    expect(confirmed).toEqual(digests);
    expect(readDecision({ jws })?.claimed).toMatchObject({ verdict: 'approve', confirmed: digests });
    expect(await world.effectsOf(action)).toEqual(['flushCache']);
  });

  test('is the same over HTTP: the refusal says what to send, and a denial needs nothing', async () => {
    const { action, barbara, digests, fields } = await asked();
    const { runId, digest } = fields;
    const send = (body: object) =>
      barbara.json(`/api/actions/${action.actionId}/decisions`, { runId, digest, ...body });
    const refused = await send({ verdict: 'approve', confirmed: digests.slice(1) });
    expect([refused.status, await refused.json()]).toEqual([
      422,
      expect.objectContaining({
        type: 'urn:countersign:problem:unconfirmed',
        errors: [{ where: 'confirmed', problem: expect.stringContaining(digests[0] ?? '') }],
      }),
    ]);
    expect((await send({ verdict: 'deny' })).status).toBe(200);
    await untilClosed(action);
    expect(await votesOf(action)).toMatchObject([{ person: 'barbara', verdict: 'deny' }]);
  });

  test('with a key of one’s own needs none: whoever signs has read it elsewhere', async () => {
    const { world, action } = await asked();
    await world.say('barbara', 'approve', action);
    await untilClosed(action);
    expect(await world.effectsOf(action)).toEqual(['flushCache']);
  });
});

describe('what a form did', () => {
  test('is said once, on the page of what it did it to', async () => {
    const { world, gateway } = at();
    const [action, other] = [await world.asked(flushCart()), await world.asked(flushCart())];
    const barbara = await gateway.signedIn('barbara');
    const asked = await decideBy(barbara, action, { verdict: 'ask', reason: 'why now?' });
    expect(asked.headers.getSetCookie()[0]).toMatch(
      /^__Host-countersign-done=\S+; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const says = async (id: string, headers = {}) =>
      (await (await barbara.send(`/actions/${id}`, { headers })).text()).includes('your question went');
    expect(await says(other.actionId)).toBe(false);
    // A page that keeps itself up to date is not the one that follows.
    expect(await says(action.actionId, { 'sec-fetch-dest': 'empty' })).toBe(false);
    expect(await says(action.actionId)).toBe(true);
    expect(await says(action.actionId)).toBe(false);
  });

  test('is nothing that a link can claim', async () => {
    const { world, gateway } = at();
    const action = await world.asked(flushCart());
    const barbara = await gateway.signedIn('barbara');
    const page = await (await barbara.send(`/actions/${action.actionId}?done=breakGlass`)).text();
    expect(page).not.toContain('Done:');
  });
});

describe('a request', () => {
  test('is cancelled on its page by whoever owns the agent: production saw nothing', async () => {
    const { world, gateway } = at();
    const action = await world.asked(await signed(deploy('3.1.0'), AGENT_KEY));
    const ada = await gateway.signedIn('ada');
    const page = await (await ada.send(`/actions/${action.actionId}`)).text();
    expect(page).toContain('You may not decide on this');
    expect(page).toContain(`action="/actions/${action.actionId}/cancel"`);
    const { csrf } = await ada.me();
    expect((await ada.form(`/actions/${action.actionId}/cancel`, {})).status).toBe(403);
    const answer = await ada.form(`/actions/${action.actionId}/cancel`, { csrf });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/actions/${action.actionId}`]);
    await untilClosed(action);
    expect((await action.state()).outcome?.kind).toBe('cancelled');
    expect(await world.effectsOf(action)).toEqual([]);
    expect(await (await ada.send(`/actions/${action.actionId}`)).text()).not.toContain('/cancel"');
    const late = await ada.form(`/actions/${action.actionId}/cancel`, { csrf });
    expect([late.status, await late.text()]).toEqual([409, expect.stringContaining('it is closed')]);
  });

  test('is not cancelled by those who decide on it, nor offered to be', async () => {
    const { world, gateway } = at();
    const action = await world.asked(await signed(deploy('3.1.1'), AGENT_KEY));
    const grace = await gateway.signedIn('grace');
    expect(await (await grace.send(`/actions/${action.actionId}`)).text()).not.toContain('/cancel"');
    const { csrf } = await formOf(grace, action);
    const answer = await grace.form(`/actions/${action.actionId}/cancel`, { csrf: csrf ?? '' });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('only the agent and its owners can cancel a request');
    expect((await action.state()).status).toBe('waiting');
  });
});

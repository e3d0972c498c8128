import { expect, test, vi } from 'vitest';
import { proposal } from '../support/proposals.ts';
import { PATIENCE } from '../support/world.ts';
import type { Browser } from './browser.ts';
import { useDecidedWorld } from './decided-world.ts';

const at = useDecidedWorld();

/** Listens as a page does. */
async function listen(browser: Browser) {
  const answer = await browser.send('/api/events', { headers: { accept: 'text/event-stream' } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  let text = '';
  let over = false;
  const reader = answer.body?.getReader();
  const read = async () => {
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) break;
      text += new TextDecoder().decode(part.value);
    }
  };
  const reading = read()
    .catch(() => undefined)
    .finally(() => {
      over = true;
    });
  return {
    heard: () => text,
    over: () => over,
    stop: async () => {
      await reader?.cancel();
      await reading;
    },
  };
}

test('a page hears of each action that something is recorded about', async () => {
  const { world, gateway } = at();
  const page = await listen(await gateway.signedIn('barbara'));
  const action = await world.asked(proposal({ target: 'cart' }));
  await vi.waitFor(() => expect(page.heard()).toContain(`data: {"actionId":"${action.actionId}"}`), PATIENCE);
  expect(page.heard()).toContain('event: pending');
  await page.stop();
});

test('a page hears nothing more once its person signed out', async () => {
  const { world, gateway } = at();
  const browser = await gateway.signedIn('barbara');
  const page = await listen(browser);
  const { csrf } = await browser.me();
  await browser.form('/sign-out', { csrf });
  const action = await world.asked(proposal({ target: 'cart' }));
  await vi.waitFor(() => expect(page.over()).toBe(true), PATIENCE);
  expect(page.heard()).not.toContain(action.actionId);
});

test('a person has ten pages open at most', async () => {
  const { gateway } = at();
  const browser = await gateway.signedIn('edsger');
  const pages = await Promise.all(Array.from({ length: 10 }, () => listen(browser)));
  const answer = await browser.send('/api/events');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '30']);
  await Promise.all(pages.map((page) => page.stop()));
  await vi.waitFor(async () => {
    const again = await browser.send('/api/events');
    await again.body?.cancel();
    expect(again.status).toBe(200);
  }, PATIENCE);
});

import { expect, test } from 'vitest';
import { asked, proposalOf } from '../../examples/storefront/demo/agent.ts';
import { renderMail } from '../../src/adapters/mail/render.ts';
import type { ValueNow } from '../../src/domain/risk/parameter-change.ts';
import { actionPage } from '../../src/gateway/pages/index.ts';
import { aMessage } from '../support/messages.ts';
import { actionData, loadStorefront, NOW } from '../support/page-data.ts';

const storefront = await loadStorefront();

/** What people read of the parameters on the page, and in the mail about the same action. */
async function shown(from?: ValueNow) {
  const data = actionData(storefront, proposalOf(asked.raiseTimeout, 'raise-timeout'));
  const { impact } = data.state;
  const changes = impact?.changes?.map((change) => (from ? { ...change, from } : change));
  const state = { ...data.state, impact: impact && { ...impact, changes } };
  const page = String(await actionPage({ ...data, state }));
  const [, parameters = ''] = /<dl class="parameters">([\s\S]*?)<\/dl>/.exec(page) ?? [];
  const text = parameters
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&quot;', '"');
  if (!state.impact) throw new Error('it is assessed');
  const mail = renderMail({ ...aMessage(), impact: state.impact }, ['grace']).text;
  return { text, mail };
}

test('the page and the mail show what a parameter is now, what it will be, and how far that is', async () => {
  const { text, mail } = await shown();
  expect(text).toContain('value now 2000 → will be 2500 500 more, 25 % more; allowed: 0 to 60000');
  expect(text).toContain('key "paymentTimeoutMs"');
  expect(mail).toContain('Change          value: 2000 -> 2500: 500 more, 25 % more; allowed: 0 to 60000');
});

test('a value that was only set last says so, with its age', async () => {
  const { text, mail } = await shown({
    kind: 'lastSet',
    value: 250,
    at: NOW - 3 * 86_400_000,
    actionId: 'a.1',
  });
  const words = /10 times as much; last set 3 days( \d+ minutes?)? ago by a\.1/;
  expect(text).toMatch(words);
  expect(mail).toMatch(/10 times as much; last set \d days.* ago by a\.1/);
});

test('INVARIANT 7: a value that is not known says so, and is no arrow', async () => {
  const { text, mail } = await shown({ kind: 'unknown', reason: 'it answered 404 Not Found' });
  expect(text).toContain('2500 now not known: it answered 404 Not Found');
  expect(text).not.toContain('→');
  expect(mail).toContain('value: 2500: now not known: it answered 404 Not Found');
});

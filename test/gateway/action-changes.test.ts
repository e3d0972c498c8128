import { expect, test } from 'vitest';
import { asked, proposalOf } from '../../examples/storefront/demo/agent.ts';
import { renderMail } from '../../src/adapters/mail/render.ts';
import type { Finding } from '../../src/domain/findings/finding.ts';
import type { ActionState } from '../../src/domain/record/action-state.ts';
import type { LeftBehind } from '../../src/domain/risk/left-behind.ts';
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

/** The page of an action with such a change to what was assessed. */
async function pageWith(changes: Partial<ActionState>) {
  const data = actionData(storefront, proposalOf(asked.raiseTimeout, 'raise-timeout'));
  return String(await actionPage({ ...data, state: { ...data.state, ...changes } }));
}

test('of many parameters those with a finding come first, and the last ones are folded', async () => {
  const { action } = actionData(storefront).state;
  if (!action) throw new Error('it is resolved');
  const names = Array.from({ length: 10 }, (_, n) => `p${n}`);
  const params = Object.fromEntries(names.map((name) => [name, 1]));
  const findings: Finding[] = [
    { kind: 'largeChange', parameter: 'p7', weight: 2, text: 'p7 is far from what it was' },
    { kind: 'largeChange', parameter: 'p9', weight: 3, text: 'p9 is far from what it was' },
  ];
  const page = await pageWith({ action: { ...action, params }, findings });
  const shownNames = [...page.matchAll(/<dt><bdi>(p\d)<\/bdi><\/dt>/g)].map(([, name]) => name);
  expect(shownNames).toEqual(['p9', 'p7', 'p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p8']);
  expect(page).toMatch(/<summary>2 more parameters<\/summary><dl class="parameters"><div><dt><bdi>p6/);
});

test('the page says what a rollback leaves behind, and that nobody stated it where that is so', async () => {
  const { impact } = actionData(storefront).state;
  if (!impact) throw new Error('it is assessed');
  const leaving = (leftBehind: LeftBehind) => pageWith({ impact: { ...impact, leftBehind } });
  expect(await leaving({ kind: 'some', what: ['data stays as 3.0.0 wrote it'] })).toMatch(
    /What stays:<\/strong><\/p><ul><li><bdi>data stays as 3\.0\.0 wrote it/,
  );
  expect(await leaving({ kind: 'nothing' })).toContain('It leaves nothing behind, as operators declared.');
  expect(await leaving({ kind: 'unknown', reason: 'no such key: version' })).toContain(
    'is not known: <bdi>no such key',
  );
  expect(await leaving({ kind: 'unstated' })).toContain('Nobody stated what it leaves behind.');
});

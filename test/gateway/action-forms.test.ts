import { expect, test } from 'vitest';
import { decisionStatementSchema } from '../../src/contract/decision.ts';
import { confirmationsOf } from '../../src/domain/findings/confirmation.ts';
import { INCIDENT_PATTERN } from '../../src/gateway/pages/action-forms.ts';
import { actionPage } from '../../src/gateway/pages/index.ts';
import { withTimes } from '../../src/gateway/pages/text.ts';
import { aVote } from '../domain/support.ts';
import { actionData, doubtfulData, loadStorefront, NOW, reviewData } from '../support/page-data.ts';

const storefront = await loadStorefront();

type Changes = NonNullable<Parameters<typeof actionData>[2]>;
const pageOf = async (changes: Changes) =>
  String(await actionPage(actionData(storefront, undefined, changes)));
const formOf = (page: string, verdict: string) =>
  page
    .split('<form')
    .find((form) => form.includes(`name="verdict" value="${verdict}"`))
    ?.split('</form>')[0];

const none = { passkey: false, totp: false };

test('the glass is not offered to be broken by whoever could not prove who they are', async () => {
  const may = { breakGlass: true };
  const without = await pageOf({ may, factors: none });
  expect(formOf(without, 'breakGlass')).toBeUndefined();
  expect(without).toMatch(
    /neither a passkey nor an authenticator app: <a href="\/account">set one up<\/a> first/,
  );
  expect(formOf(await pageOf({ may, stepUp: none }), 'breakGlass')).toBeUndefined();
  for (const factors of [
    { passkey: true, totp: false },
    { passkey: false, totp: true },
  ])
    expect(formOf(await pageOf({ may, factors }), 'breakGlass')).toContain('Run it now');
});

test.each([
  'INC-4711',
  'INC 4711',
  '#4711',
  '4711',
  'a/b#c:d_e.f',
  ' INC-1',
  '',
  'a'.repeat(200),
  'a'.repeat(201),
])('the browser takes %j as an incident where what is signed may hold it, and nowhere else', (incident) => {
  // As browsers read the attribute: the whole of it, with the flag v.
  const browser = new RegExp(`^(?:${INCIDENT_PATTERN})$`, 'v');
  expect(browser.test(incident)).toBe(decisionStatementSchema.shape.incident.safeParse(incident).success);
});

test('what was typed into a form that was refused is there once more, in that form alone', async () => {
  const may = { approve: true, deny: true, ask: true, edit: true, revoke: true };
  const typed = { verdict: 'edit', reason: 'two\r\nlines <b>', params: '{"value": 2400' };
  const page = await pageOf({ may, typed });
  const edit = formOf(page, 'edit');
  expect(edit).toContain('>{&quot;value&quot;: 2400</textarea>');
  expect(edit).toMatch(/name="reason"[^>]*>two\r\nlines &lt;b&gt;<\/textarea>/);
  expect(page).toMatch(/<details class="form" open><summary>Edit the parameters/);
  expect(page.match(/class="form" open/g)).toHaveLength(1);
  expect(page.match(/lines &lt;b&gt;/g)).toHaveLength(1);
  const denied = formOf(
    await pageOf({ may, typed: { verdict: 'deny', named: 'Too risky', reason: 'late' } }),
    'deny',
  );
  expect(denied).toMatch(/<option selected>Too risky<\/option>[\s\S]*>late<\/textarea>/);
  const broken = { verdict: 'breakGlass', incident: 'INC 4711', reason: 'down' };
  const glass = formOf(
    await pageOf({ may: { breakGlass: true }, factors: { ...none, totp: true }, typed: broken }),
    'breakGlass',
  );
  expect(glass).toMatch(/value="INC 4711"[\s\S]*>down<\/textarea>/);
});

test('whoever may only cancel is not asked for a second proof', async () => {
  const page = await pageOf({ may: { cancel: true, whyNot: 'You may not decide on this.' }, stepUp: none });
  expect(page).not.toContain('To decide on this, prove');
  expect(page).toMatch(/<form method="post" action="\/actions\/[^"]+\/cancel">/);
});

test('a time in a sentence that was written for programs is one for people', () => {
  const at = new Date(NOW + 30_000).toISOString();
  const clock = at.slice(11, 16);
  expect(withTimes(`no code is looked at until ${at}; try then`, NOW)).toBe(
    `no code is looked at until ${clock} UTC (in 30 seconds); try then`,
  );
  expect(withTimes('2026-99-99T99:99:99Z is none', NOW)).toBe('2026-99-99T99:99:99Z is none');
});

test('what waiting and being wrong cost says of what it is counted', async () => {
  expect(await pageOf({})).toMatch(/Being wrong[\s\S]{0,40}costs \d+ in the currency of the catalog/);
});

test.each([
  [
    { waitingPerHour: 6000, trouble: { kind: 'inTrouble', reason: 'an incident is open on checkout' } },
    'costs 6000 in the currency of the catalog: an incident is open on checkout',
  ],
  [
    { waitingPerHour: 0, trouble: { kind: 'calm', reason: 'no incident is open on checkout' } },
    'nothing: no incident is open on checkout',
  ],
  [
    { waitingPerHourInTrouble: 6000, trouble: { kind: 'unknown', reason: 'no answer' } },
    'costs 6000 in the currency of the catalog if checkout is in trouble; whether it is, is not known: no answer',
  ],
  [{ trouble: { kind: 'unknown', reason: 'no answer' } }, 'not known'],
  [{ trouble: { kind: 'inTrouble', reason: 'an incident is open on checkout' } }, 'not known'],
  // Recorded before it was looked at whether the target is in trouble.
  [{ waitingPerHour: 6000 }, 'costs 6000 in the currency of the catalog if checkout is in trouble'],
  [{}, 'not known'],
  // Outside production.
  [{ waitingPerHour: 0 }, 'nothing'],
] as const)('an hour of waiting, %j: %s', async (costs, text) => {
  const data = actionData(storefront, undefined, {});
  const impact = data.state.impact && { ...data.state.impact, costs: { unstated: 0, ...costs } };
  const page = String(await actionPage({ ...data, state: { ...data.state, impact } }));
  expect(page).toContain(`<dt>An hour of waiting</dt><dd><bdi>${text}</bdi></dd>`);
});

test('the form of a denial asks for no second proof, unless the installation wants one', async () => {
  const may = { approve: true, deny: true, ask: true, withdraw: true };
  const stepUp = { passkey: true, totp: true };
  const asking = async (deniedBySession: boolean) => {
    const data = actionData(storefront, undefined, { may, stepUp });
    const ruling = data.state.ruling && {
      ...data.state.ruling,
      gateway: { keys: [], stepUp: true, deniedBySession },
    };
    const page = String(await actionPage({ ...data, state: { ...data.state, ruling } }));
    return ['approve', 'deny', 'ask', 'withdraw'].filter((verdict) =>
      formOf(page, verdict)?.includes('assertion'),
    );
  };
  expect(await asking(true)).toEqual(['approve', 'withdraw']);
  expect(await asking(false)).toEqual(['approve', 'deny', 'ask', 'withdraw']);
});

test('the page says past which findings a person approved, in the timeline and beside their name', async () => {
  const data = actionData(storefront);
  const finding = { kind: 'largeChange', weight: 3, text: 'value goes from 3 to <30>' } as const;
  const [{ digest = '' } = {}] = confirmationsOf([finding]);
  const vote = aVote('grace', 'approve', { confirmed: [digest] });
  const page = String(
    await actionPage({ ...data, state: { ...data.state, findings: [finding], votes: [vote] } }),
  );
  expect(page.match(/although <bdi>value goes from 3 to &lt;30&gt;<\/bdi>/g)).toHaveLength(2);
});

test('each finding leads to what it is about: the words that it quotes, or the fact', async () => {
  const data = doubtfulData(storefront);
  const page = String(await actionPage(data));
  const links = [...page.matchAll(/<a href="#([\w-]+)" aria-label="[^"]+" data-finding="(\w+)"/g)].map(
    ([, id, kind]) => ({
      id,
      kind,
    }),
  );
  expect(links).toHaveLength(data.state.findings?.length ?? 0);
  for (const { id } of links) expect(page).toMatch(new RegExp(` id="${id}"`));
  const leadsTo = (kind: string) => links.find((link) => link.kind === kind)?.id ?? '';
  expect(page).toMatch(
    new RegExp(`id="${leadsTo('claimedApproval')}" class="words"[^<]*<mark>?[\\s\\S]*Approved by grace`),
  );
  expect(leadsTo('largeChange')).toBe('request');
  expect(leadsTo('incidentOpen')).toBe('impact');
});

test('who is not asked is not told of: their page sends nothing when they follow a finding', async () => {
  const data = doubtfulData(storefront);
  expect(String(await actionPage(data))).toContain('data-followed="/actions/');
  expect(String(await actionPage({ ...data, may: {} }))).not.toContain('data-followed');
});

test('what a person reported after it was over stands beside the outcome, and once in the timeline', async () => {
  const data = reviewData(storefront);
  const report = {
    person: 'grace',
    found: 'rollbackWrong',
    reason: 'the alarm was <ours>',
    at: NOW,
  } as const;
  const { at, ...body } = report;
  const [first] = data.entries;
  if (!first) throw new Error('it is in the ledger');
  const entries = [...data.entries, { ...first, kind: 'reported' as const, at, body }];
  const page = String(await actionPage({ ...data, entries, state: { ...data.state, reports: [report] } }));
  const said = 'grace reported that the rollback was wrong: the alarm was &lt;ours&gt;';
  const [before = '', timeline = ''] = page.split('id="timeline"');
  expect(before.split(said)).toHaveLength(2);
  expect(timeline.split(said)).toHaveLength(2);
});

test('where a watch cannot tell, the page says what silence does, and keeps the effect only with a reason', async () => {
  const data = actionData(storefront, undefined, { may: { keep: true, extend: true, revoke: true } });
  const deadline = NOW + 20 * 60_000;
  const page = String(
    await actionPage({
      ...data,
      state: { ...data.state, status: 'undecided', deadline, outcome: undefined },
    }),
  );
  expect(page).toContain('its watch cannot tell whether it did harm. Keep it or revoke it by');
  expect(page).toContain('If nobody keeps it, it is taken back.');
  const keep = formOf(page, 'keep');
  expect(keep).toMatch(/name="reason"[^>]* required/);
  expect(keep).toContain('Keep it</button>');
  const extend = formOf(page, 'extend');
  expect(extend).toMatch(/name="reason"[^>]* required/);
  expect(extend).toContain('people are asked again');
});

test('an action that succeeded can be asked to be taken back, by whoever can prove who they are', async () => {
  const may = { takeBack: true };
  const withCode = await pageOf({ may, factors: { passkey: false, totp: true } });
  const form = formOf(withCode, 'takeBack') ?? '';
  expect(form).toContain('Ask to take it back');
  expect(form).toMatch(/action="\/actions\/[^"]+\/order"/);
  expect(form).toContain('name="code"');
  expect(withCode).toContain('You cannot approve it');
  const passkey = formOf(await pageOf({ may, factors: { passkey: true, totp: false } }), 'takeBack');
  expect(passkey).toMatch(/data-passkey="\/actions\/[^"]+\/order\/options" data-whole/);
  expect(formOf(await pageOf({ may, factors: none }), 'takeBack')).toBeUndefined();
  expect(formOf(await pageOf({}), 'takeBack')).toBeUndefined();
});

test.each([
  ['regressed', 'made things worse'],
  ['rollbackWrong', 'rollback was wrong'],
] as const)(
  'what a person can report once it is over, %s, has a form that needs a second proof',
  async (found, words) => {
    const may = { report: found };
    const page = await pageOf({ may, factors: { passkey: false, totp: true } });
    const form = formOf(page, 'report') ?? '';
    expect(page).toContain(words);
    expect(form).toContain(`name="found" value="${found}"`);
    expect(form).toMatch(/name="reason"[^>]* required/);
    expect(form).toContain('name="code"');
    expect(formOf(await pageOf({ may, factors: none }), 'report')).toBeUndefined();
  },
);

import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { asked, proposalOf } from '../../examples/storefront/demo/agent.ts';
import type { ActionState } from '../../src/domain/record/action-state.ts';
import { actionPage, pendingPage } from '../../src/gateway/pages/index.ts';
import { fromNow } from '../../src/gateway/pages/text.ts';
import { mayOf } from '../../src/gateway/routes/may.ts';
import { launchBrowser } from '../support/browser.ts';
import { actionData, frame, loadStorefront, NOW, waitingState } from '../support/page-data.ts';
import { pending } from '../support/page-lists.ts';
import { type PageServer, servePages } from '../support/page-server.ts';
import { everyPage } from '../support/pages.ts';

const PATHS = [
  '/sign-in',
  '/pending',
  '/decided',
  '/reviews',
  '/actions',
  '/actions/one',
  '/actions/doubtful',
  '/actions/reviewed',
  '/actions/every-form',
  '/dashboard',
  '/error',
  '/empty',
];

/** Pages refresh at most every two seconds. */
const PATIENT = { timeout: 60_000, interval: 500 };

let browser: Browser;
let server: PageServer;
let storefront: Awaited<ReturnType<typeof loadStorefront>>;
let close: (() => Promise<void>)[] = [];

beforeAll(async () => {
  storefront = await loadStorefront();
  browser = await launchBrowser();
  server = await servePages(everyPage(storefront));
});

afterEach(async () => {
  await Promise.all(close.map((each) => each()));
  close = [];
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

/** A page, and all that it complained of: what the policy kept from running, too. */
async function open(path: string, options: BrowserContextOptions = {}, at = server) {
  // Axe is put into the page by the test; the policy of the page is looked at apart from it.
  const context = await browser.newContext(options);
  close.push(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${at.url}${path}`);
  return { page, complaints };
}

async function violationsOn(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each(PATHS)('%s has nothing that keeps anybody from using it', async (path) => {
    const { page } = await open(path, { colorScheme, bypassCSP: true });
    for (const details of await page.locator('details').all())
      await details.evaluate((element) => element.setAttribute('open', ''));
    expect(await violationsOn(page)).toEqual([]);
  });
});

test.each(PATHS)('%s holds nothing that the strictest policy refuses', async (path) => {
  const { complaints } = await open(path);
  expect(complaints).toEqual([]);
});

test.each(PATHS)('%s fits a phone of 390 px', async (path) => {
  const { page } = await open(path, { viewport: { width: 390, height: 844 } });
  for (const details of await page.locator('details').all())
    await details.evaluate((element) => element.setAttribute('open', ''));
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBe(390);
});

test('the parts of an action stand in the order in which they must be read, the words of the agent last', async () => {
  const { page } = await open('/actions/one');
  expect(await page.locator('main h2').allTextContents()).toEqual([
    'What will run',
    'At a glance',
    'Deadline, and what silence does',
    'Your decision',
    'Request',
    'Watch, and what it does not see',
    'Rollback, and what it leaves behind',
    'Who is asked, and what they said',
    'Why tier 3',
    'Impact',
    'Similar past actions',
    'SLO and error budget',
    'Timeline',
    'Alternatives, with the agent’s confidence',
    'In the agent’s own words',
  ]);
});

describe.each(['/actions/one', '/actions/doubtful', '/actions/every-form'])(
  'the first screen of %s',
  (path) => {
    /** The places of all that must be read before the decision, from the top of the page. */
    async function places(width: number, height: number) {
      const { page } = await open(path, { viewport: { width, height } });
      const endOf = async (selector: string) => {
        const boxes = await Promise.all(
          (await page.locator(selector).all()).map((each) => each.boundingBox()),
        );
        return Math.max(0, ...boxes.map((box) => (box ? box.y + box.height : Number.POSITIVE_INFINITY)));
      };
      const parts = {
        title: await endOf('h1'),
        parameters: await endOf('.parameters dd'),
        findings: await endOf('.finding'),
        firstFact: await endOf('.glance > div:first-child'),
        headline: await endOf('.glance'),
        deadline: await endOf('[data-live=deadline]'),
        decision: await endOf('#decide-heading'),
      };
      const approve = await page.getByRole('button', { name: 'Approve', exact: true }).boundingBox();
      return { page, parts, approveAt: approve?.y ?? 0 };
    }

    test('holds all that must be read, and the decision, on a screen of 1440 by 900', async () => {
      const { parts } = await places(1440, 900);
      for (const [part, end] of Object.entries(parts)) {
        expect([part, end <= 900]).toEqual([part, true]);
      }
    });

    test('has the same in that order on a phone of 390 by 844, and the decision on the second', async () => {
      const { page, parts, approveAt } = await places(390, 844);
      for (const part of ['title', 'parameters', 'findings', 'firstFact'] as const)
        expect([part, parts[part] <= 844]).toEqual([part, true]);
      expect(parts.decision).toBeLessThanOrEqual(2 * 844);
      expect(parts.headline).toBeLessThan(parts.deadline);
      expect(parts.deadline).toBeLessThan(parts.decision);
      // Nobody comes to Approve before what must be read.
      expect(approveAt).toBeGreaterThan(parts.decision);
      await page.getByRole('link', { name: 'Go to the decision' }).click();
      expect(await page.evaluate('document.activeElement.id')).toBe('decide');
    });
  },
);

test('each finding stands beside its parameter, or above all of them, with its weight in a word', async () => {
  const { page } = await open('/actions/doubtful');
  const beside = page.locator('.parameters > div', { hasText: 'count' });
  expect(await beside.locator('.finding .weight').allInnerTexts()).toEqual([
    '▲ Look closely:',
    '▲ Look closely:',
  ]);
  expect(await beside.locator('.finding').first().textContent()).toContain(
    'count goes from 3 to 30, 10 times as much.',
  );
  const above = page.locator('#action ~ .findings .weight');
  expect(await above.allInnerTexts()).toEqual([
    '▲ Look closely:',
    '◆ Doubtful:',
    '◆ Doubtful:',
    '● Worth a look:',
  ]);
});

test('the words of the agent that a finding quotes lead to it', async () => {
  const { page } = await open('/actions/doubtful');
  const mark = page.locator('[data-live=words] mark', { hasText: 'Approved by grace' });
  expect(await mark.count()).toBe(1);
  await page.locator('mark:has-text("Approved by grace") + a').click();
  expect(await page.locator('.finding:target').textContent()).toContain(
    'nobody has approved this action here',
  );
});

test('nobody approves past a finding without confirming it, also without JavaScript', async () => {
  const { page } = await open('/actions/doubtful', { javaScriptEnabled: false });
  const before = server.sent.length;
  const boxes = page.locator('#decide').getByRole('checkbox');
  expect(await boxes.count()).toBe(5);
  await page.getByLabel('Approve although count goes from 3 to 30, 10 times as much').check();
  const approve = page.getByRole('button', { name: 'Approve', exact: true });
  await approve.click();
  expect(server.sent).toHaveLength(before);
  for (const box of await boxes.all()) await box.check();
  await Promise.all([page.waitForURL('**/decide'), approve.click()]);
  expect(server.sent.at(-1)?.fields).toMatchObject({ verdict: 'approve' });
  const sent = Object.keys(server.sent.at(-1)?.fields ?? {});
  expect(sent.filter((name) => /^confirms-[0-9a-f]{64}$/.test(name))).toHaveLength(5);
});

test('a finding is followed by keyboard to what it is about, and that is told once it happens', async () => {
  const { page } = await open('/actions/doubtful');
  const before = server.sent.length;
  const link = page.locator('a[data-finding="claimedApproval"]');
  await link.focus();
  await page.keyboard.press('Enter');
  const [, id = ''] = new URL(page.url()).hash.split('#');
  expect(id).toMatch(/^said-\d+$/);
  expect(await page.locator(`#${id}`).textContent()).toContain('Approved by grace');
  await expect
    .poll(() => server.sent.slice(before), PATIENT)
    .toEqual([
      {
        path: expect.stringMatching(/^\/actions\/[^/]+\/followed$/),
        fields: { csrf: 'a-token-of-this-session', finding: 'claimedApproval' },
      },
    ]);
});

test('to deny needs no confirmation', async () => {
  const { page } = await open('/actions/doubtful');
  await Promise.all([
    page.waitForURL('**/decide'),
    page.getByRole('button', { name: 'Deny', exact: true }).click(),
  ]);
  expect(server.sent.at(-1)?.fields).toMatchObject({ verdict: 'deny' });
});

test('each watched metric is drawn beside the days before, and the drawing is said in words', async () => {
  const { page } = await open('/actions/one');
  const charts = page.locator('#watch ~ * svg.series, #watch ~ svg.series');
  const words = [
    'error-ratio is 0.005 now, as in the same hour of the 7 days before: 0.00408 to 0.0057',
    'latency-p95 is 0.52 now, more than in the same hour of the 7 days before: 0.1938 to 0.2508',
  ];
  expect(await charts.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).toEqual(words);
  for (const text of words) expect(await page.getByText(`${text}.`).count()).toBe(1);
  // The last value of the latency is drawn at the top, the least of the days before at the bottom.
  expect(await charts.last().locator('path').last().getAttribute('d')).toMatch(/L240 2$/);
  expect(await charts.last().locator('.band').getAttribute('d')).toContain('20 58');
});

test('what was measured after an action is drawn: the baseline, the action, each look and its evidence', async () => {
  const { page } = await open('/actions/reviewed');
  const measured = page.locator('section[aria-labelledby="measured"]');
  expect(await measured.locator('figcaption').allInnerTexts()).toEqual(['error-ratio', 'failed-requests']);
  const compared = measured.locator('figure').last();
  const [series, evidence] = await compared
    .locator('svg')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  expect(series).toMatch(
    /^61 of 4000 were bad, 39 of 4000 in the baseline; that may be chance \(.* times as many; evidence of worse .*, and 50 is enough; of not worse .*, and 50 is enough\)$/,
  );
  expect(evidence).toBe(
    'Evidence that it is worse, at each of 4 looks: it counts from the dashed line on, which is 50',
  );
  expect(await compared.textContent()).toContain(`${series}.`);
  // Four blocks before the action and four after it, with the action in the middle.
  expect(await compared.locator('.mark').getAttribute('d')).toBe('M120 0V60');
  expect(await compared.locator('svg').first().locator('path').last().getAttribute('d')).toMatch(
    /^M0 .*L240 2$/,
  );
});

test('a ruling is drawn, and each step of it stands in words beside the drawing', async () => {
  const { page } = await open('/actions/one');
  expect(await page.locator('svg.ruling').getAttribute('role')).toBe('img');
  expect(await page.locator('svg.ruling .way.taken').textContent()).toContain(
    'Running it with approval: taken',
  );
  await page.getByText('The same in words').click();
  expect(await page.locator('svg.ruling + details > ol > li').allInnerTexts()).toEqual([
    expect.stringMatching(/^The least tier is 3:\s+this action on a tier-1 service is tier 3/),
    'Running it at once: not open, tier 3 is the least that it may have.',
    'Running it after a window: not open, tier 3 is the least that it may have.',
    expect.stringMatching(/^Running it with approval: taken, permitted by /),
    'Recommending it: not reached, it was decided before.',
    'So it is tier 3: people are asked.',
  ]);
});

test('a person approves with the keyboard alone', async () => {
  const { page } = await open('/actions/one');
  const { sent } = server;
  const before = sent.length;
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Go to the decision');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('the provider confirmed it');
  await page.keyboard.press('Tab');
  await page.keyboard.type('123456');
  await page.keyboard.press('Tab');
  await Promise.all([page.waitForURL('**/decide'), page.keyboard.press('Enter')]);
  const { action, ruling, runId } = actionData(storefront).state;
  expect(sent.slice(before)).toEqual([
    {
      path: `/actions/${action?.id}/decide`,
      fields: {
        csrf: 'a-token-of-this-session',
        runId,
        digest: ruling?.digest,
        verdict: 'approve',
        assertion: '',
        reason: 'the provider confirmed it',
        code: '123456',
      },
    },
  ]);
});

test('a passkey that was not used is said beside the button, in words for people', async () => {
  const { page } = await open('/actions/every-form', { viewport: { width: 390, height: 844 } });
  const before = server.sent.length;
  await page.route('**/api/step-up/options', (route) =>
    route.fulfill({ json: { challenge: 'AAAA', rpId: 'localhost', allowCredentials: [] } }),
  );
  await page.evaluate(() => {
    const cancelled = () =>
      Promise.reject(new DOMException('not allowed: https://www.w3.org/TR/webauthn-2/', 'NotAllowedError'));
    const { navigator } = globalThis as unknown as { navigator: { credentials: object } };
    Object.defineProperty(navigator.credentials, 'get', { value: cancelled });
    Reflect.set(globalThis, 'PublicKeyCredential', () => undefined);
  });
  const approve = page.locator('form', { has: page.getByRole('button', { name: 'Approve' }) });
  await approve.getByRole('button').click();
  const told = approve.getByRole('status');
  await expect.poll(() => told.textContent(), PATIENT).toContain('it was cancelled, or took too long');
  expect(await told.textContent()).not.toMatch(/http|Error/);
  expect(await page.locator('#changed').textContent()).toBe('');
  expect(server.sent.length).toBe(before);
});

test('a denial takes one of the named reasons, and waits for none', async () => {
  const { page } = await open('/actions/one', { javaScriptEnabled: false });
  const deny = page.getByRole('button', { name: 'Deny' });
  await Promise.all([page.waitForURL('**/decide'), deny.click()]);
  expect(server.sent.at(-1)?.fields).toMatchObject({ verdict: 'deny', named: '' });
  await page.goBack();
  await page.locator('#named-deny').selectOption('Wrong time');
  await Promise.all([page.waitForURL('**/decide'), deny.click()]);
  expect(server.sent.at(-1)?.fields).toMatchObject({ verdict: 'deny', named: 'Wrong time' });
});

test('without JavaScript everything can be opened, asked and edited', async () => {
  const { page } = await open('/actions/one', { javaScriptEnabled: false });
  await page.getByText('Ask the agent').click();
  await page.getByLabel('Your question').fill('Why now?');
  await Promise.all([
    page.waitForURL('**/decide'),
    page.getByRole('button', { name: 'Ask', exact: true }).click(),
  ]);
  expect(server.sent.at(-1)?.fields).toMatchObject({ verdict: 'ask', reason: 'Why now?' });
});

test('a list shows what is new by itself, and keeps the keyboard where it is', async () => {
  let items = pending().list.items.slice(3);
  const frame = { ...pending().frame, events: '/api/events' };
  const own = await servePages({ '/pending': () => pendingPage({ frame, list: { items }, first: true }) });
  close.push(() => own.close());
  const { page } = await open('/pending', {}, own);
  const link = page.getByRole('link', { name: 'deploy 2.5.0 to checkout' });
  await link.focus();
  items = pending().list.items.slice(4);
  await expect
    .poll(async () => {
      own.change();
      return page.locator('.card').count();
    }, PATIENT)
    .toBe(1);
  expect(await link.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  await expect.poll(() => page.getByRole('status').textContent()).toBe('Updated just now.');
});

test('what changed before a list could hear of it is shown too', async () => {
  let asked = 0;
  const frame = { ...pending().frame, events: '/api/events' };
  const own = await servePages({
    '/pending': () => {
      asked += 1;
      const items = pending().list.items.slice(asked === 1 ? 3 : 4);
      return pendingPage({ frame, list: { items }, first: true });
    },
  });
  close.push(() => own.close());
  const { page } = await open('/pending', {}, own);
  await expect.poll(() => page.locator('.card').count(), PATIENT).toBe(1);
});

describe('the page of an action that stays open', () => {
  const waiting = () => waitingState(storefront, proposalOf(asked.raiseTimeout, 'raise-timeout'));
  const person = 'linus';

  /** What the gateway would show of it, from moment to moment. */
  async function opened(first: Partial<ActionState> = {}) {
    let changes = first;
    const began = Date.now();
    const own = await servePages({
      '/actions/two': () => {
        const state = { ...waiting(), ...changes };
        const now = NOW + Date.now() - began;
        const may = mayOf(state, undefined, person, now);
        const shown = { ...frame({ events: '/api/events' }), now };
        return actionPage({ ...actionData(storefront), frame: shown, state, may });
      },
    });
    close.push(() => own.close());
    const { page } = await open('/actions/two', {}, own);
    const button = (name: string) => page.getByRole('button', { name, exact: true }).count();
    /** Tells the page of it until it shows what is waited for. */
    const until = (next: Partial<ActionState>, seen: () => Promise<unknown>, expected: unknown) => {
      changes = next;
      return expect
        .poll(() => {
          own.change();
          return seen();
        }, PATIENT)
        .toEqual(expected);
    };
    return { page, own, button, until };
  }

  const settled: Partial<ActionState> = {
    status: 'watching',
    votes: [{ person: 'grace', verdict: 'approve', decidedAt: NOW, jws: 'x', authentication: 'session' }],
    settlement: { kind: 'approved', by: ['grace'] },
  };

  test('offers no Approve and no Deny any more once its time is over, though nobody told it', async () => {
    const { page, button } = await opened({ deadline: NOW + 3_000 });
    expect([await button('Approve'), await button('Deny')]).toEqual([1, 1]);
    await expect.poll(async () => [await button('Approve'), await button('Deny')], PATIENT).toEqual([0, 0]);
    expect(await page.locator('#decide-heading').textContent()).toBe('What you can do');
  });

  test('offers Revoke in their place once somebody else has decided', async () => {
    const { page, button, until } = await opened();
    await until(settled, () => button('Approve'), 0);
    expect(await button('Deny')).toBe(0);
    await page.getByText('Revoke', { exact: true }).click();
    expect(await button('Revoke it')).toBe(1);
    expect(await page.getByRole('status').first().textContent()).toBe('Updated just now.');
  });

  test('keeps what was typed, says that the action changed, and shows the rest', async () => {
    const { page, button, until } = await opened();
    await page.locator('#reason-deny').fill('half a sentence');
    await until(
      settled,
      () => page.locator('#changed').textContent(),
      expect.stringContaining('What you typed is kept'),
    );
    expect(await page.locator('#reason-deny').inputValue()).toBe('half a sentence');
    expect(await button('Deny')).toBe(1);
    expect(await page.locator('[data-live=state]').textContent()).toContain('Being watched');
  });

  test('keeps a finding that was confirmed', async () => {
    const findings = [{ kind: 'largeChange', weight: 3, text: 'value is far from what it was' } as const];
    const { page, until } = await opened({ findings });
    const box = page.getByLabel('Approve although value is far from what it was');
    await box.check();
    await until(
      settled,
      () => page.locator('#changed').textContent(),
      expect.stringContaining('What you typed is kept'),
    );
    expect(await box.isChecked()).toBe(true);
  });

  test('is the new action where it was edited and nothing was typed, and so is what its forms send', async () => {
    const { page, own, until } = await opened();
    const digest = 'e'.repeat(64);
    const { ruling } = waiting();
    if (!ruling) throw new Error('it is not ruled on');
    await page.getByText('Edit the parameters').click();
    await until(
      { revision: 2, ruling: { ...ruling, digest } },
      () => page.locator('[data-digest]').getAttribute('data-digest'),
      digest,
    );
    expect(await page.locator('#changed').textContent()).toContain('What you see is what it is now');
    // What was opened stays open.
    expect(await page.locator('#params').isVisible()).toBe(true);
    await Promise.all([page.waitForURL('**/decide'), page.getByRole('button', { name: 'Deny' }).click()]);
    expect(own.sent.at(-1)?.fields).toMatchObject({ verdict: 'deny', digest });
  });

  test('says in one breath that a question was answered, and what the answer is', async () => {
    const question = { id: '0123456789ab', person: 'grace', text: 'Why now?', at: NOW };
    const { page, until } = await opened({ questions: [question] });
    expect(await page.locator('main').textContent()).toContain('Not answered yet.');
    const answer = { text: 'The sale begins at noon.', at: NOW + 1 };
    await until({ questions: [{ ...question, answer }] }, () => page.getByText('answered below').count(), 1);
    expect(await page.locator('[data-live=words]').textContent()).toContain('The sale begins at noon.');
    expect(await page.locator('main').textContent()).not.toContain('Not answered yet.');
  });

  test('says times as they go by, in the words of the server', async () => {
    const { page } = await opened({ deadline: NOW + 50_000 });
    const left = page.locator('[data-live=deadline] [data-from]').first();
    expect(await left.textContent()).toMatch(/^\(in (50|49|48|47) seconds\)$/);
    await expect.poll(() => left.textContent(), PATIENT).toMatch(/^\(in 4[0-5] seconds\)$/);
    for (const apart of [
      0, 1_300, 58_300, 61_300, 3_570_000, 7_530_300, 172_700_000, 172_900_000, 900_000_300,
    ])
      for (const from of [apart, -apart])
        expect(await page.evaluate(`fromNow(now() + ${from})`)).toBe(fromNow(from, 0));
  });
});

test('whoever reads an action that has changed meanwhile is told, and what they wrote is kept', async () => {
  const data = actionData(storefront);
  let digest = data.state.ruling?.digest ?? '';
  const own = await servePages({
    '/actions/two': () =>
      actionPage({
        ...data,
        frame: { ...data.frame, events: '/api/events' },
        state: { ...data.state, ...(data.state.ruling ? { ruling: { ...data.state.ruling, digest } } : {}) },
      }),
  });
  close.push(() => own.close());
  const { page } = await open('/actions/two', {}, own);
  await page.locator('#reason-approve').fill('half a sentence');
  digest = 'another digest';
  await expect
    .poll(async () => {
      own.change();
      return page.locator('#changed').textContent();
    }, PATIENT)
    .toContain('This action has changed');
  expect(await page.locator('#reason-approve').inputValue()).toBe('half a sentence');
});

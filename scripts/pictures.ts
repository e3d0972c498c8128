/**
 * Takes every picture of README and docs from a running demo, in about two minutes:
 *
 *     npm run pictures -- [FOLDER]
 *
 * FOLDER is where they go; default: docs/images. Needs Chromium.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { asked, proposalOf } from '../examples/storefront/demo/agent.ts';
import { scripted } from '../examples/storefront/demo/decider.ts';
import { scenarios } from '../examples/storefront/demo/scenarios.ts';
import { Stage } from '../examples/storefront/demo/stage.ts';
import { Story } from '../examples/storefront/demo/story.ts';
import { launchBrowser } from '../test/support/browser.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const [folder = fileURLToPath(new URL('../docs/images', import.meta.url))] = positionals;
/** What has happened when the pictures are taken. */
const PLAYED = new Set(['tier-1', 'tier-2-silence', 'tier-3-approved', 'tier-3-silence', '3:47']);
const WIDE = { width: 1440, height: 1000 };
const PHONE = { width: 390, height: 844 };

await mkdir(folder, { recursive: true });
const stage = await Stage.open(new Story());
try {
  for (const { name, play } of scenarios) if (PLAYED.has(name)) await play(stage, scripted);
  const waiting = await stage.propose(proposalOf(asked.raiseTimeout, 'raise-timeout-tonight'));
  await stage.until(waiting, 'waiting');
  const window = await stage.propose(proposalOf(asked.scaleCart, 'scale-cart-tonight'));
  await stage.until(window, 'waiting');
  const browser = await launchBrowser();
  try {
    await takeInbox(browser, waiting.actionId);
    await takeTemporalUi(browser);
    await takeMail(browser);
  } finally {
    await browser.close();
  }
} finally {
  await stage.close();
}

/** The inbox, as a person sees it who is on call. */
async function takeInbox(browser: Browser, actionId: string): Promise<void> {
  const context = await browser.newContext({ viewport: WIDE });
  const page = await context.newPage();
  await page.goto(`${stage.inboxUrl}/pending`);
  await page.selectOption('#person', 'linus');
  await page.click('form:has(#person) button');
  await page.waitForURL(`${stage.inboxUrl}/pending`);
  const action = `${stage.inboxUrl}/actions/${encodeURIComponent(actionId)}`;
  await page.goto(action);
  await take(page, 'inbox-action');

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${stage.inboxUrl}/dashboard`);
  await take(page, 'inbox-dashboard-dark');

  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(PHONE);
  await page.goto(action);
  await take(page, 'inbox-action-phone');
  await context.close();
}

/** The history of an action that was taken back. */
async function takeTemporalUi(browser: Browser): Promise<void> {
  const page = await browser.newPage({ viewport: WIDE });
  const { workflowId } = stage.countersign.action('deploy-agent.deploy-2.5.0');
  await page.goto(`${stage.embedded.uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
  await page.getByText('rollBack').first().waitFor();
  await take(page, 'temporal-ui-rolled-back');
}

/** The mail that asked for the approval of that action. */
async function takeMail(browser: Browser): Promise<void> {
  const { actionId } = stage.countersign.action('deploy-agent.deploy-2.5.0');
  const asking = stage.embedded.outbox
    .mails()
    .find(({ headers }) => headers['x-countersign-action'] === actionId);
  if (!asking?.html) throw new Error(`no mail asked for ${actionId}`);
  const page = await browser.newPage({ viewport: { width: 760, height: 1000 } });
  await page.setContent(asking.html);
  await take(page, 'mail');
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/**
 * Takes the pictures of docs/images from a running demo: `npx tsx scripts/screenshots.ts`. Needs Chromium (CHROMIUM, or
 * /usr/bin/chromium).
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { asked, proposalOf } from '../examples/storefront/demo/agent.ts';
import { scripted } from '../examples/storefront/demo/decider.ts';
import { scenarios } from '../examples/storefront/demo/scenarios.ts';
import { Stage } from '../examples/storefront/demo/stage.ts';
import { Story } from '../examples/storefront/demo/story.ts';
import { launchBrowser } from '../test/support/browser.ts';

const IMAGES = fileURLToPath(new URL('../docs/images', import.meta.url));
const PLAYED = new Set(['tier-1', 'tier-2-silence', 'tier-3-approved', 'tier-3-silence', '3:47']);

await mkdir(IMAGES, { recursive: true });
const stage = await Stage.open(new Story());
const browser = await launchBrowser();
try {
  for (const { name, play } of scenarios) if (PLAYED.has(name)) await play(stage, scripted);
  const waiting = await stage.propose(proposalOf(asked.raiseTimeout, 'raise-timeout-waiting'));
  await stage.until(waiting, 'waiting');

  const { uiUrl, outbox } = stage.embedded;
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  const workflows = `${uiUrl}/namespaces/default/workflows`;
  await shoot(page, workflows, 'ui-list');
  await shoot(page, `${workflows}/${encodeURIComponent(waiting.workflowId)}`, 'ui-waiting');
  await shoot(
    page,
    `${workflows}/${encodeURIComponent(waiting.workflowId)}/${(await waiting.state()).runId}/user-metadata`,
    'ui-details',
  );
  const rolledBack = stage.countersign.action('deploy-agent.deploy-2.5.0');
  await shoot(page, `${workflows}/${encodeURIComponent(rolledBack.workflowId)}`, 'ui-rolled-back');
  await shoot(page, outbox.webUrl, 'outbox');
  const asking = outbox
    .mails()
    .find(({ headers }) => headers['x-countersign-action'] === rolledBack.actionId);
  const mail = await browser.newPage({ viewport: { width: 760, height: 1000 } });
  await mail.setContent(asking?.html ?? '');
  await mail.screenshot({ path: `${IMAGES}/mail.png` });
} finally {
  await browser.close();
  await stage.close();
}

async function shoot(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(4_000);
  await page.screenshot({ path: `${IMAGES}/${name}.png` });
}

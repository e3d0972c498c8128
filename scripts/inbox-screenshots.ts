/**
 * Takes the pictures docs/images/inbox-*.png of the gateway's pages: `npx tsx scripts/inbox-screenshots.ts`. Needs Chromium
 * (CHROMIUM, or /usr/bin/chromium).
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../test/support/browser.ts';
import { loadStorefront } from '../test/support/page-data.ts';
import { servePages } from '../test/support/page-server.ts';
import { everyPage } from '../test/support/pages.ts';

const IMAGES = fileURLToPath(new URL('../docs/images', import.meta.url));
const SHOWN = { pending: '/pending', action: '/actions/one', dashboard: '/dashboard', actions: '/actions' };
const SIZES = { phone: { width: 390, height: 844 }, wide: { width: 1440, height: 1000 } };

await mkdir(IMAGES, { recursive: true });
const server = await servePages(everyPage(await loadStorefront()));
const browser = await launchBrowser();
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const page = await browser.newPage({ viewport, colorScheme });
      for (const [name, path] of Object.entries(SHOWN)) {
        await page.goto(`${server.url}${path}`);
        await page.screenshot({
          path: `${IMAGES}/inbox-${name}-${size}-${colorScheme}.png`,
          fullPage: name === 'action',
        });
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}

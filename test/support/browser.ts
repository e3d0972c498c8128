import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Chromium as the machine has it, which looks for nothing outside of it.
 *
 * @throws Error that says what to install
 */
export async function launchBrowser(): Promise<Browser> {
  const named = process.env.CHROMIUM;
  const executablePath = named ?? [...INSTALLED, chromium.executablePath()].find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      'There is no Chromium: install it with "apt-get install chromium" or "npx playwright-core install chromium", or name one in CHROMIUM',
    );
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

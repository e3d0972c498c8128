import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from './browser-binary.ts';

/** Starts the Chromium of this machine, which looks for nothing outside of it. Installs one where there is none. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await findBrowser((line) => process.stderr.write(`${line}\n`)),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

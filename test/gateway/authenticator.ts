import type { Page } from 'playwright-core';

/** A platform authenticator of which nobody has to touch anything: CDP's WebAuthn domain. */
export async function withAuthenticator(on: Page) {
  const cdp = await on.context().newCDPSession(on);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    verifies: (isUserVerified: boolean) =>
      cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    credentials: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}

export async function signIn(page: Page, person: string): Promise<void> {
  await page.goto('/sign-in?next=/account');
  await page.selectOption('select[name=person]', person);
  await page.click('text=Sign in as this person');
  await page.waitForURL('**/account');
}

export async function addPasskey(page: Page, name: string): Promise<void> {
  await page.goto('/account');
  await page.fill('#passkey-name', name);
  await page.click('text=Add a passkey');
  await page.waitForSelector('text=the passkey is added');
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { AlertReceiver } from '../config/index.ts';
import type { AlertSender, SentAlerts } from '../gateway/ports/alerts.ts';
import { createCredentials } from './credentials.ts';
import { createWebhookVerifier } from './standard-webhook.ts';

/** How long a program that prints the token may take, in milliseconds. */
const PATIENCE_MS = 4_000;

/** A sender of alerts by what proves it: a signature where one came, otherwise a bearer token. */
export function createAlertSender({ bearer, secret, places }: AlertReceiver): AlertSender {
  const expected = bearer === undefined ? undefined : createCredentials({ bearer });
  const verify = secret === undefined ? undefined : createWebhookVerifier(secret);

  async function whyNotShown({ header }: SentAlerts): Promise<string | undefined> {
    const shown = header('authorization');
    if (!expected) return 'it is not signed: send webhook-id, webhook-timestamp and webhook-signature';
    if (shown === undefined) return 'it shows no token: send Authorization: Bearer';
    const proof = await expected(PATIENCE_MS);
    if (proof.kind === 'none') throw new Error(proof.reason);
    return isSame(shown, proof.headers.authorization ?? '') ? undefined : 'the token is wrong';
  }

  return {
    places,
    whyNotProved: async (sent) =>
      verify && sent.header('webhook-signature') !== undefined ? verify(sent) : whyNotShown(sent),
  };
}

/** Compares secrets in the same time, whatever they are. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other));
const sha256 = (text: string) => createHash('sha256').update(text).digest();

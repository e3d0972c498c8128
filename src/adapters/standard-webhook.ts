import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/**
 * Signs what is posted as Standard Webhooks says.
 *
 * @param secret `whsec_` and base64
 * @returns makes the headers of a post. The id is the same for every attempt at one message
 * @throws when the secret is not base64
 */
export function createWebhookSigner(secret: string) {
  const signer = new Webhook(secret);
  return (id: string, body: string) => {
    const now = new Date();
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signer.sign(id, now, body),
    };
  };
}

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/**
 * Verifies what was posted to us, as Standard Webhooks says. A timestamp may be five minutes off.
 *
 * @returns says why the signature does not hold; undefined when it does
 * @throws when the secret is not base64
 */
export function createWebhookVerifier(secret: string) {
  const verifier = new Webhook(secret);
  return ({ body, header }: { body: string; header: (name: string) => string | undefined }) => {
    const missing = HEADERS.filter((name) => header(name) === undefined);
    if (missing.length > 0) return `it lacks ${missing.join(' and ')}`;
    try {
      const headers = Object.fromEntries(HEADERS.map((name) => [name, header(name) ?? '']));
      verifier.verify(body, headers, { jsonParse: false });
      return undefined;
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      return /timestamp/i.test(error.message)
        ? 'its webhook-timestamp is more than five minutes off: compare the clocks'
        : 'its signature does not hold';
    }
  };
}

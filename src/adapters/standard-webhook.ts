import { Webhook } from 'standardwebhooks';

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

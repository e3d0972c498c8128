import { z } from 'zod';
import { addressProblem, type Gateway } from '../../domain/approval/signing-gateway.ts';
import { isPublicKey } from '../catalog/entity.ts';
import { key, strict } from '../source/schema.ts';

const publicKey = z
  .string()
  .refine(
    isPublicKey,
    'must be an Ed25519 public key, 43 characters of base64url: the gateway says its own when it starts',
  )
  .meta({ title: 'public key' });

/** The member `gateway:` of countersign.yaml. */
export const gatewaySchema: z.ZodType<Gateway> = strict({
  url: key(
    z
      .url({
        protocol: /^https?$/,
        error: 'must be the address of its pages, such as https://countersign.example',
        abort: true,
      })
      // A gateway refuses such an address when it starts. Operators should learn of it earlier.
      .superRefine((url, context) => {
        const message = addressProblem(url);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .transform((url) => url.replace(/\/+$/, ''))
      .meta({ title: 'address (`https://`, or `http://` on this machine)' }),
    'Where people open its pages, without a path.',
    'https://countersign.example.com',
  ),
  keys: key(
    z
      .array(publicKey)
      .min(1, 'needs the key that the gateway signs with')
      .refine((keys) => new Set(keys).size === keys.length, 'names a key twice: leave one out'),
    'The public keys that it signs decisions with. `countersign keys --gateway` makes one.',
    '[11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo]',
  ),
  stepUpFromTier: key(
    z.literal([1, 2, 3], 'must be 1, 2 or 3').default(3),
    'From this tier on an approval needs a second proof: a passkey, or a code of an authenticator app.',
    '2',
  ),
  stepUpToDeny: key(
    z.boolean().optional(),
    'Whether a denial and a question need the second proof too. Without it they do not.',
    'true',
  ),
  unsignedProposals: key(
    strict({
      openAtOnce: key(z.number().int().min(1).max(1_000), 'So many of them may be open.', '20'),
      perHour: key(z.number().int().min(1).max(1_000), 'So many of them are taken in an hour.', '30'),
    }).optional(),
    'Takes proposals over HTTP that no agent signed. Without it they are refused.',
  ),
});

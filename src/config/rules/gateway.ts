import { z } from 'zod';
import { addressProblem, type Gateway } from '../../domain/approval/signing-gateway.ts';
import { isPublicKey } from '../catalog/entity.ts';
import { strict } from '../source/schema.ts';

const key = z
  .string()
  .refine(
    isPublicKey,
    'must be an Ed25519 public key, 43 characters of base64url: the gateway says its own when it starts',
  );

/** `gateway:` of countersign.yaml. */
export const gatewaySchema: z.ZodType<Gateway> = strict({
  url: z
    .url({
      protocol: /^https?$/,
      error: 'must be the address of its pages, such as https://countersign.example',
      abort: true,
    })
    // A gateway refuses the same when it starts, and nobody should learn it only then.
    .superRefine((url, context) => {
      const message = addressProblem(url);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .transform((url) => url.replace(/\/+$/, '')),
  keys: z
    .array(key)
    .min(1, 'needs the key that the gateway signs with')
    .refine((keys) => new Set(keys).size === keys.length, 'names a key twice: leave one out'),
  stepUpFromTier: z.literal([1, 2, 3], 'must be 1, 2 or 3').default(3),
  stepUpToDeny: z.boolean().optional(),
  unsignedProposals: strict({
    openAtOnce: z.number().int().min(1).max(1_000),
    perHour: z.number().int().min(1).max(1_000),
  }).optional(),
});

import { z } from 'zod';
import { commonSettings, hostAndPort } from '../contract/settings.ts';
import { addressProblem, isLoopback } from '../domain/approval/signing-gateway.ts';
import { holdsCredentials } from '../domain/shared/url-credentials.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000 };
const duration = z
  .string()
  .regex(/^[1-9]\d{0,3}[mh]$/, 'must be minutes or hours, such as 30m or 12h')
  .transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 0));

/** The gateway's own settings. The installation's folder says what is governed, who people are and which keys count. */
const settingsSchema = z
  .object({
    ...commonSettings,
    COUNTERSIGN_GATEWAY_ADDRESS: hostAndPort('127.0.0.1:8080').default('127.0.0.1:8080'),
    COUNTERSIGN_GATEWAY_PROXIES: z
      .string()
      .regex(/^[0-9]$/, 'must be how many proxies stand in front of the gateway, 0 to 9')
      .transform(Number)
      .prefault('1'),
    COUNTERSIGN_GATEWAY_KEY: z.string({
      error: 'must name the key file of the gateway: make one with "countersign keys --gateway"',
    }),
    COUNTERSIGN_OIDC_ISSUER: z
      .url({ protocol: /^https?$/, error: 'must be the issuer of your OpenID provider' })
      .refine((issuer) => !holdsCredentials(issuer), 'must not hold a user name or a password')
      .optional(),
    COUNTERSIGN_OIDC_CLIENT_ID: z.string().min(1).optional(),
    COUNTERSIGN_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
    COUNTERSIGN_OIDC_EMAIL_VERIFIED: z
      .enum(['required', 'assumed'], 'must be required, or assumed for a provider that never says it')
      .default('required'),
    COUNTERSIGN_SESSION_IDLE: duration.prefault('30m'),
    COUNTERSIGN_SESSION_MAX: duration.prefault('12h'),
    COUNTERSIGN_METRICS_TOKEN: z.string().min(16, 'must have 16 characters or more').optional(),
  })
  .superRefine((settings, context) => {
    const oidc = [
      'COUNTERSIGN_OIDC_ISSUER',
      'COUNTERSIGN_OIDC_CLIENT_ID',
      'COUNTERSIGN_OIDC_CLIENT_SECRET',
    ] as const;
    if (oidc.every((name) => settings[name] === undefined)) return;
    for (const name of oidc.filter((setting) => settings[setting] === undefined))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'is missing: the three of COUNTERSIGN_OIDC_ go together',
      });
  });
export type Settings = z.infer<typeof settingsSchema>;

/** Reads the settings from the environment. @throws ZodError with every setting that is wrong */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => settingsSchema.parse(env);

export function splitAddress(address: string): { readonly hostname: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return {
    hostname: address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(colon + 1)),
  };
}

/**
 * The origin of a gateway, once its settings are found safe to serve it with.
 *
 * @param url the public address in countersign.yaml
 * @param key the public key that the gateway signs with
 * @throws Error that says what to change
 */
export function originOf(
  gateway: { readonly url: string; readonly keys: readonly string[] } | undefined,
  {
    key,
    address,
    devSignIn,
    provider,
  }: { key: string; address: string; devSignIn: boolean; provider: boolean },
): string {
  if (!gateway)
    throw new Error('countersign.yaml names no gateway: write "gateway: { url: ..., keys: [...] }"');
  const { origin, hostname } = new URL(gateway.url);
  const problem = addressProblem(gateway.url);
  if (problem !== undefined) throw new Error(`gateway.url: ${problem}`);
  if (!gateway.keys.includes(key))
    throw new Error(`gateway.keys of countersign.yaml lacks the public key of this gateway: add ${key}`);
  if (devSignIn && !(isLoopback(hostname) && isLoopback(splitAddress(address).hostname))) {
    throw new Error(
      `the development sign-in lets anybody be anybody: it needs a loopback address, not ${address} and ${gateway.url}`,
    );
  }
  if (!devSignIn && !provider)
    throw new Error('nobody could sign in: set COUNTERSIGN_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET');
  return origin;
}

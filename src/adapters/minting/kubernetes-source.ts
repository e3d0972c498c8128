import { z } from 'zod';
import type { KubernetesSource } from '../../config/index.ts';
import { createCredentials } from '../credentials.ts';
import { ask } from './http-source.ts';
import { isHeaderText, type Mint, Unmintable } from './minted.ts';

const tokenRequest = z.object({
  status: z.object({
    token: z.string().refine(isHeaderText),
    expirationTimestamp: z.iso.datetime({ offset: true }).transform(Date.parse),
  }),
});

/**
 * TokenRequest of the Kubernetes API (authentication.k8s.io/v1). A token has no name of its own, so the audit log of the API server sees
 * the session in the user agent of the request that made it. It cannot be revoked.
 */
export function byKubernetes({
  url,
  auth,
  ca,
  namespace,
  serviceAccount,
  audiences,
  ttlMs,
}: KubernetesSource): Mint {
  const prove = createCredentials(auth);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  return async ({ session }, timeoutMs) => {
    const { json } = await ask(`${url.replace(/\/+$/, '')}${path}`, prove, {
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: ttlMs / 1_000, ...(audiences ? { audiences: [...audiences] } : {}) },
      },
      ca,
      timeoutMs,
      userAgent: `countersign ${session}`,
    });
    const { data } = tokenRequest.safeParse(json);
    if (!data) throw new Unmintable('its answer is no TokenRequest with a token');
    const { token, expirationTimestamp } = data.status;
    return { token, variables: {}, expiresAt: expirationTimestamp };
  };
}

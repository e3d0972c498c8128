import { z } from 'zod';

/** The address of a request. An agent's parameters fill in segments of its path; they never choose the host. */
export const address = z
  .string()
  .regex(/^(https?:\/\/[^/?#$\\]+|\$\{environment\.[^}]+\})(\/|$)/, {
    error: `must start with \${environment.NAME}/ or with http:// or https:// and a host`,
    abort: true,
  })
  .refine(
    (text) => !/^https?:\/\/[^/]*@/.test(text),
    'holds a user name or a password, which everybody would see: leave them out, and write auth for its origin under governedSystems in countersign.yaml',
  )
  .meta({ title: 'address' });

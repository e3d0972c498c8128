import { z } from 'zod';
import { jsonValue } from '../contract/json.ts';
import type { PlanTemplate } from '../domain/installation.ts';
import { duration, refuse, strict } from './schema.ts';

/** What an action type runs: `{http: ...}` or `{command: ...}`. */

/** An agent's parameters fill in segments of a path; they never choose the host. */
const address = z
  .string()
  .regex(
    /^(https?:\/\/[^/?#$]+|\$\{environment\.[^}]+\})(\/|$)/,
    `must start with \${environment.NAME}/ or with http:// or https:// and a host`,
  );

const http = strict({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
  url: address,
  body: jsonValue.default({}),
  timeout: duration(),
});

const command = strict({
  argv: z
    .array(z.string())
    .min(1)
    .refine(([program = '']) => program !== '' && !program.includes('${'), {
      path: [0],
      message: 'must be a program, written out',
    }),
  timeout: duration(),
});

export const planSchema = strict({ http: http.optional(), command: command.optional() }).transform(
  ({ http, command }, context): PlanTemplate => {
    if (http && !command) {
      const { timeout, ...request } = http;
      return { executor: 'http', ...request, timeoutMs: timeout };
    }
    if (command && !http) return { executor: 'command', argv: command.argv, timeoutMs: command.timeout };
    return refuse(context, 'needs exactly one of http, command');
  },
);

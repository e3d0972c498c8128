import { z } from 'zod';
import { jsonValue } from '../../contract/json.ts';
// As a condition of a watch: it is checked by what evaluates it.
import { successConditionFault } from '../../domain/analysis/success-condition.ts';
import type { PlanTemplate } from '../../domain/installation/installation.ts';
import { duration, refuseValue, strict } from '../source/schema.ts';
import { programEnvironment } from './program-environment.ts';

/** What an action type runs: `{http: ...}` or `{command: ...}`. */

/** An agent's parameters fill in segments of a path; they never choose the host. */
const address = z
  .string()
  .regex(/^(https?:\/\/[^/?#$\\]+|\$\{environment\.[^}]+\})(\/|$)/, {
    error: `must start with \${environment.NAME}/ or with http:// or https:// and a host`,
    abort: true,
  })
  .refine(
    (written) => !/^https?:\/\/[^/]*@/.test(written),
    'holds a user name or a password, which everybody would see: leave them out, and write auth for its origin under governedSystems in countersign.yaml',
  );

const SUCCESSFUL = 'must be 200 to 299, or 400 to 499 without 408, 425 and 429';

const status = z
  .int()
  .refine(
    (code) => (code >= 200 && code < 300) || (code >= 400 && code < 500 && ![408, 425, 429].includes(code)),
    SUCCESSFUL,
  );

const successCondition = z.string().superRefine((written, context) => {
  const problem = successConditionFault(written);
  if (problem === null) return;
  context.addIssue({
    code: 'custom',
    message: `must be a CEL condition over status and answer, such as answer.state == "done": ${problem}`,
  });
});

/** Accepted is not done: a system that answers 202 must be believed by what else it says. */
const success = strict({
  statuses: z.array(status).min(1).optional(),
  condition: successCondition.optional(),
})
  .refine(({ statuses, condition }) => statuses ?? condition, 'needs statuses, a condition or both')
  .refine(({ statuses, condition }) => condition !== undefined || !statuses?.includes(202), {
    path: ['statuses'],
    message:
      '202 says only that the request was accepted: write a condition that is true once it is done, or leave 202 out',
  });

const http = strict({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
  url: address,
  body: jsonValue.default({}),
  success: success.optional(),
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
  environment: programEnvironment.optional(),
  unchanged: z
    .array(z.int().min(1, 'must be 1 to 255: 0 says that it is done').max(255, 'must be 1 to 255'))
    .min(1)
    .optional(),
  repeatable: z.literal(true, 'must be true, or be left out').optional(),
  timeout: duration(),
});

export const planSchema = strict({ http: http.optional(), command: command.optional() }).transform(
  ({ http, command }, context): PlanTemplate => {
    if (http && !command) {
      const { timeout, ...request } = http;
      return { executor: 'http', ...request, timeoutMs: timeout };
    }
    if (command && !http) {
      const { timeout, ...program } = command;
      return { executor: 'command', ...program, timeoutMs: timeout };
    }
    return refuseValue(context, 'needs exactly one of http, command');
  },
);

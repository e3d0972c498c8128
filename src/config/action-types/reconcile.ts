import type { AskedReconcile } from '../../domain/action/action.ts';
// A condition is checked by the code that evaluates it.
import { reconcileConditionFault } from '../../domain/action/reconcile.ts';
import { celText, duration, key, refuseValue, strict } from '../source/schema.ts';
import { address } from './address.ts';
import { argv } from './plans.ts';
import { programEnvironment } from './program-environment.ts';

const condition = celText(
  reconcileConditionFault,
  'condition over status, answer and text, such as status == 404',
).meta({ title: 'CEL condition', section: 'conditions' });

/** An effect that may stand in production is not taken back while it is looked up. */
const MOST_MS = 10_000;

const timeout = duration()
  .refine((ms) => ms <= MOST_MS, 'must be at most 10s: the rollback waits for the answer')
  .prefault('5s');

/** It also covers the look itself, and the time until it is on record that nothing is sent any more. */
const LEAST_SETTLE_MS = 15_000;
const MOST_SETTLE_MS = 600_000;

const settle = duration()
  .refine(
    (ms) => ms >= LEAST_SETTLE_MS && ms <= MOST_SETTLE_MS,
    'must be 15s to 10m: a request that is still under way could come after a shorter time, and the target waits meanwhile',
  )
  .prefault('30s');

const http = strict({
  url: key(
    address,
    'The address that is asked, with GET. 200 to 299, 404 and 410 are answers.',
    '"${environment.adminUrl}/${target}/operations/${action.id}"',
  ),
  timeout: key(timeout, 'How long an answer may take, 10s at most.', '2s'),
});

const command = strict({
  argv: key(
    argv,
    'A program that says whether the effect is there and changes nothing. No shell is in between.',
    '[kubectl, get, job, "${action.id}", -o, json]',
  ),
  environment: key(
    programEnvironment.optional(),
    "Variables of the worker that the program finds: a list, or a table with the program's names for them.",
    '[HOME, KUBECONFIG]',
  ),
  timeout: key(timeout, 'How long it may run, 10s at most.', '2s'),
});

/** How to find out whether an effect is there, where nobody knows whether it ran. */
export const reconcileSchema = strict({
  http: key(http.optional(), 'A request that asks for the effect.'),
  command: key(command.optional(), 'A program that asks for the effect, on the machine of the worker.'),
  present: key(
    condition,
    'When the effect is there: a condition over `status`, `answer` and `text`.',
    'status == 200',
  ),
  absent: key(condition, 'When it is not there: a condition over the same.', 'status == 404'),
  settle: key(
    settle,
    'How long a request may still have its effect after the `timeout` of `execute`: what is not there by then has failed. 15s to 10m.',
    '1m',
  ),
})
  .transform(({ http, command, present, absent, settle }, context): AskedReconcile => {
    if (present === absent)
      context.addIssue({
        code: 'custom',
        path: ['absent'],
        message: 'is the same as present: write what the answer is when the effect is not there',
      });
    const conditions = { present, absent, settleMs: settle };
    if (http && !command)
      return { ask: { by: 'http', url: http.url, timeoutMs: http.timeout }, ...conditions };
    if (command && !http) {
      const { timeout, ...program } = command;
      return { ask: { by: 'command', ...program, timeoutMs: timeout }, ...conditions };
    }
    return refuseValue(context, 'needs exactly one of http, command');
  })
  .meta({ title: 'reconcile', section: 'reconcile' });

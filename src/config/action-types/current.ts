import { z } from 'zod';
import type { ParameterRule, ValueSource } from '../../domain/installation/parameter-rule.ts';
// An expression is checked by the code that evaluates it.
import { valueExpressionFault } from '../../domain/risk/value-in-answer.ts';
import { celText, duration, key, metricQuery, refuseValue, strict, variableName } from '../source/schema.ts';
import { address } from './address.ts';
import { argv } from './plans.ts';
import { programEnvironment } from './program-environment.ts';

const expression = celText(
  valueExpressionFault,
  'expression over answer, target and params, such as answer.version',
).meta({ title: 'CEL expression', section: 'current-values' });

/** People wait for the ruling while a value is read. */
const MOST_MS = 5_000;

const timeout = duration()
  .refine((ms) => ms <= MOST_MS, 'must be at most 5s: people wait for the ruling meanwhile')
  .prefault('2s');

const http = strict({
  url: key(
    address,
    'The address that is asked, with GET. Status 200 is an answer.',
    '"${environment.adminUrl}/${target}"',
  ),
  value: key(
    expression.optional(),
    "Finds the value in the answer's JSON. Without it, the answer is the value, as text.",
    'answer.version',
  ),
  timeout: key(timeout, 'How long an answer may take.', '1s'),
});

const command = strict({
  argv: key(
    argv,
    'A program that prints the value and changes nothing. No shell is in between.',
    '[kubectl, get, "deployment/${target}", -o, "jsonpath={.spec.replicas}"]',
  ),
  environment: key(
    programEnvironment.optional(),
    "Variables of the worker that the program finds: a list, or a table with the program's names for them.",
    '[HOME, KUBECONFIG]',
  ),
  value: key(
    expression.optional(),
    'Finds the value in the printed JSON. Without it, the output is the value, as text.',
    'answer.spec.replicas',
  ),
  timeout: key(timeout, 'How long it may run.', '1s'),
});

export const currentRuleSchema = strict({
  metric: key(
    metricQuery.optional(),
    'A query that gives the value, for a number.',
    `{ source: storefront, query: 'storefront_instances{service="\${target}"}' }`,
  ),
  http: key(http.optional(), 'A request that gives the value.'),
  command: key(command.optional(), 'A program that prints the value, on the machine of the worker.'),
  selects: key(
    z.literal(true, 'must be true, or be left out').optional(),
    'Says that the parameter names what is changed, such as a setting. It has no value of its own.',
    'true',
  ),
  riskier: key(
    z.enum(['up', 'down', 'both']).optional(),
    'The direction in which a change of a number counts in the risk. Without it, both do.',
    'down',
  ),
})
  .transform(({ metric, http, command, selects, riskier }, context): ParameterRule => {
    const sources: ValueSource[] = [
      ...(metric ? [{ by: 'metric', ...metric } as const] : []),
      ...(http ? [{ by: 'http', url: http.url, value: http.value, timeoutMs: http.timeout } as const] : []),
      ...(command
        ? [
            {
              by: 'command',
              argv: command.argv,
              environment: command.environment,
              value: command.value,
              timeoutMs: command.timeout,
            } as const,
          ]
        : []),
    ];
    const [source, ...more] = sources;
    if (more.length > 0 || (selects && (source || riskier)))
      return refuseValue(context, 'needs exactly one of metric, http, command, or selects alone');
    if (!source && !selects && !riskier)
      return refuseValue(context, 'says nothing: write metric, http, command, selects or riskier');
    return {
      ...(source ? { source } : {}),
      ...(selects ? { selects } : {}),
      ...(riskier ? { riskier } : {}),
    };
  })
  .meta({ title: 'current value', section: 'current-values' });

/** How the value that each parameter has now is read, by parameter. */
export const currentSchema = z.record(variableName, currentRuleSchema);

import { z } from 'zod';
import { jsonRecord } from '../../contract/json.ts';
import { pathsIn } from '../../domain/action/template.ts';
import type { PlanTemplate } from '../../domain/installation/installation.ts';
import { duration, key, strict } from '../source/schema.ts';
import { programEnvironment } from './program-environment.ts';

/** What an agent writes chooses values, and never where they are applied. */
const byOperators = (text: string) =>
  pathsIn(text).every((path) => path === 'target' || path.startsWith('environment.'));
const BY_OPERATORS = 'may hold ${target} and ${environment.NAME} alone: an agent does not choose it';

const PROGRAM = /^(tofu|terraform|\/[^$]+)$/;

/** Names that the executor sets itself, or with which options could come in that nobody sees. */
const isTaken = (name: string) =>
  /^TF_(CLI_ARGS|LOG)|^TF_(DATA_DIR|WORKSPACE|INPUT|IN_AUTOMATION)$/.test(name);

const environment = programEnvironment.superRefine((variables, context) => {
  for (const name of Object.keys(variables).filter(isTaken))
    context.addIssue({
      code: 'custom',
      path: [name],
      message:
        'is for Countersign alone, which chooses options, log, workspace and where data is kept: leave it out',
    });
});

/** A folder of configuration that is applied. */
export const terraform = strict({
  program: key(
    z.string().regex(PROGRAM, 'must be tofu, terraform, or the absolute path of either').default('tofu'),
    '`tofu`, `terraform`, or the absolute path of either. Without it, `tofu`.',
    'terraform',
  ),
  folder: key(
    z
      .string()
      .regex(/^(\/|\$\{environment\.)/, 'must be an absolute path, or begin with ${environment.NAME}')
      .refine(byOperators, BY_OPERATORS),
    'The folder of the root module, where the worker runs. `${target}` and `${environment.NAME}` may stand in it.',
    '"/srv/infrastructure/${target}"',
  ),
  workspace: key(
    z.string().min(1).refine(byOperators, BY_OPERATORS).optional(),
    'The workspace, which must exist. `${target}` and `${environment.NAME}` may stand in it. Without it, `default`.',
    '"${environment.name}"',
  ),
  variables: key(
    jsonRecord.default({}),
    'The values of input variables, by name. They get to the program in a file.',
    '{ replicas: "${params.replicas}" }',
  ),
  environment: key(
    environment.optional(),
    "Variables of the worker that the program finds: a list, or a table with the program's names for them. A secret input variable comes as `TF_VAR_name`.",
    '[AWS_ROLE_ARN, TF_VAR_token]',
  ),
  destroy: key(
    z.literal(true, 'must be true, or be left out').optional(),
    'Destroys everything that the folder manages (`-destroy`).',
    'true',
  ),
  replace: key(
    z.array(z.string().min(1)).min(1).optional(),
    'Addresses of what is destroyed and created anew, although nothing else asks for it (`-replace`).',
    `['aws_instance.web["\${params.name}"]']`,
  ),
  mayDestroy: key(
    z.literal(true, 'must be true, or be left out').optional(),
    'The plan may destroy and replace what its preview says. Without it, such a plan is refused.',
    'true',
  ),
  timeout: key(duration(), 'How long all of it may take.', '10m'),
});

export type WrittenTerraform = z.infer<typeof terraform>;

export const terraformPlanOf = ({ timeout, ...plan }: WrittenTerraform): PlanTemplate => ({
  executor: 'terraform',
  ...plan,
  timeoutMs: timeout,
});

import { z } from 'zod';
import { identifier, jsonRecord, jsonValue, sha256, text } from '../../contract/json.ts';
// A condition is checked by the code that evaluates it.
import { answerTextFault } from '../../domain/analysis/in-answer.ts';
import { successConditionFault } from '../../domain/analysis/success-condition.ts';
import type {
  LeavesCase,
  PlanTemplate,
  RollbackTemplate,
  UndoTemplate,
} from '../../domain/installation/installation.ts';
import { leavesConditionFault } from '../../domain/risk/left-behind.ts';
import { celText, duration, either, key, refuseValue, strict } from '../source/schema.ts';
import { address } from './address.ts';
import { flag, flagPlanOf } from './flag.ts';
import { github } from './github.ts';
import { programEnvironment } from './program-environment.ts';
import { sql } from './sql.ts';
import { terraform, terraformPlanOf, type WrittenTerraform } from './terraform.ts';
import { undo } from './undo.ts';

const SUCCESSFUL = 'must be 200 to 299, or 400 to 499 without 408, 425 and 429';

const status = z
  .int()
  .refine(
    (code) => (code >= 200 && code < 300) || (code >= 400 && code < 500 && ![408, 425, 429].includes(code)),
    SUCCESSFUL,
  )
  .meta({ title: 'HTTP status' });

const successCondition = celText(
  successConditionFault,
  'condition over status and answer, such as answer.state == "done"',
).meta({ title: 'CEL condition', section: 'conditions' });

/** The answer that means that a request is done. Accepted is not done: a 202 counts only together with a condition on the answer. */
const success = strict({
  statuses: key(
    z.array(status).min(1).optional(),
    'One of these statuses. Without it, 200 to 299. 202 needs a `condition` too.',
    '[200, 404]',
  ),
  condition: key(
    successCondition.optional(),
    'A condition over `status` and `answer`.',
    `'answer.state == "done"'`,
  ),
})
  .refine(({ statuses, condition }) => statuses ?? condition, 'needs statuses, a condition or both')
  .refine(({ statuses, condition }) => condition !== undefined || !statuses?.includes(202), {
    path: ['statuses'],
    message:
      '202 says only that the request was accepted: write a condition that is true once it is done, or leave 202 out',
  });

const http = strict({
  method: key(z.enum(['POST', 'PUT', 'PATCH', 'DELETE']), 'The method of the request.', 'POST'),
  url: key(
    address,
    'Where it goes. It begins with `${environment.VARIABLE}/`, or with a host.',
    '"${environment.adminUrl}/${target}/cache/flush"',
  ),
  body: key(jsonValue.default({}), 'The JSON that it carries.', '{ count: "${params.count}" }'),
  success: key(
    success.optional(),
    'Which answers say that it is done. Without it, the statuses 200, 201 and 204 do.',
  ),
  timeout: key(duration(), 'How long an answer may take.', '10s'),
});

function timed<Written extends { readonly timeout: number }>({ timeout, ...plan }: Written) {
  return { ...plan, timeoutMs: timeout };
}

/** A program and its arguments. An agent's parameters never choose the program. */
export const argv = z
  .array(z.string())
  .min(1)
  .refine(([program = '']) => program !== '' && !program.includes('${'), {
    path: [0],
    message: 'must be a program, written out',
  });

const MOST_OUTPUT = 'must be 1024 to 65536: what is kept is in the ledger';

const exitStatuses = z
  .array(z.int().min(1, 'must be 1 to 255: 0 says that it is done').max(255, 'must be 1 to 255'))
  .min(1);

/** How long a preview may take at most, in milliseconds: a ruling waits for it. */
const LONGEST_PREVIEW_MS = 10_000;

const commandPreview = strict({
  argv: key(
    argv,
    'The program and its arguments. It prints what would change: as JSON, or one change a line.',
    '[deployer, diff, "${target}"]',
  ),
  refused: key(exitStatuses.optional(), 'The exit statuses that say that it would be refused.', '[3]'),
  timeout: key(
    duration()
      .refine((ms) => ms <= LONGEST_PREVIEW_MS, 'must be 10s at most: a ruling waits for it')
      .prefault('5s'),
    'How long it may run: 10s at most.',
    '5s',
  ),
}).transform(timed);

const command = strict({
  argv: key(
    argv,
    'The program and its arguments. No shell is in between.',
    '[kubectl, rollout, restart, "deployment/${target}"]',
  ),
  directory: key(
    z
      .string()
      .min(1)
      .refine((path) => !path.includes('${'), 'must be written out: a path is no place for parameters')
      .optional(),
    "The folder that it begins in, seen from the installation's folder. Without it, the folder of the worker.",
    'tools/deployer',
  ),
  environment: key(
    programEnvironment.optional(),
    "Variables of the worker that the program finds: a list, or a table with the program's names for them.",
    '[HOME, KUBECONFIG]',
  ),
  credentials: key(
    identifier.optional(),
    'The name of a source under `credentialSources`, whose credential is minted for the attempt and found by the program.',
    'deployer',
  ),
  done: key(exitStatuses.optional(), 'The exit statuses besides 0 that say that it is done.', '[2]'),
  unchanged: key(exitStatuses.optional(), 'The exit statuses that say that nothing was changed.', '[10, 11]'),
  outputBytes: key(
    z.int().min(1024, MOST_OUTPUT).max(65_536, MOST_OUTPUT).optional(),
    'How many bytes of the end of each output are kept. A program that prints more is not ended. Without it, 16384.',
    '65536',
  ),
  repeatable: key(
    z.literal(true, 'must be true, or be left out').optional(),
    'Says that the program does the same work only once, by `COUNTERSIGN_IDEMPOTENCY_KEY`. It may then be run again.',
    'true',
  ),
  preview: key(
    commandPreview.optional(),
    'A program that says what would change. People approve that, and it is asked again right before. Not in a `rollback`.',
  ),
  timeout: key(duration(), 'How long it may run.', '5m'),
}).superRefine(({ done = [], unchanged = [] }, context) => {
  for (const [i, status] of done.entries())
    if (unchanged.includes(status))
      context.addIssue({
        code: 'custom',
        path: ['done', i],
        message: 'is in unchanged too: keep one of them',
      });
});

const jobCondition = (example: string) =>
  celText(successConditionFault, `condition over status and answer, such as ${example}`).meta({
    title: 'CEL condition',
    section: 'conditions',
  });

const jobText = celText(answerTextFault, 'expression over status and answer, such as answer.links.self').meta(
  {
    title: 'CEL expression',
    section: 'conditions',
  },
);

const method = z.enum(['POST', 'PUT', 'PATCH', 'DELETE']);

const jobStatus = strict({
  url: key(
    jobText.optional(),
    'The address that says how the job stands, in the answer to the request. Without it, the header `Operation-Location`, or `Location`.',
    'answer.links.self',
  ),
  interval: key(
    duration().prefault('5s'),
    'How long from one look to the next. A longer `Retry-After` counts.',
    '5s',
  ),
  succeeded: key(jobCondition('answer.state == "done"'), 'The job is done.', `'answer.state == "done"'`),
  failed: key(
    jobCondition('answer.state == "failed"'),
    'The job ended, and may have changed something.',
    `'answer.state in ["failed", "cancelled"]'`,
  ),
  unchanged: key(
    jobCondition('answer.state == "rejected"').optional(),
    'The job ended, and changed nothing.',
    `'answer.state == "rejected"'`,
  ),
  summary: key(
    jobText.optional(),
    'The result in one line, in the answer that ended it. Without it, the answer.',
    'answer.result.message',
  ),
}).transform(({ interval, ...written }) => ({ ...written, intervalMs: interval }));

const jobCancel = strict({
  method: key(method, 'The method of the request that cancels the job.', 'POST'),
  append: key(
    z
      .string()
      .regex(/^[/:][A-Za-z0-9/._~:-]{0,99}$/, 'must begin with / or :, such as /cancel or :cancel')
      .optional(),
    'What follows the path of the status address. Without it, the status address itself is asked.',
    '/cancel',
  ),
  body: key(jsonValue.optional(), 'The JSON that it carries.', '{ reason: given up }'),
});

const job = strict({
  method: key(method, 'The method of the request that begins the job.', 'POST'),
  url: key(address, 'Where it goes, as with `http`.', '"${environment.adminUrl}/${target}/reindex"'),
  body: key(jsonValue.default({}), 'The JSON that it carries.', '{ index: "${params.index}" }'),
  status: key(jobStatus, 'How the job stands, and when it has ended.'),
  cancel: key(jobCancel.optional(), 'The request that ends the job when it is given up or revoked.'),
  repeatable: key(
    z.literal(true, 'must be true, or be left out').optional(),
    'Says that the system answers the same `Idempotency-Key` with the same job. The request may then be sent again.',
    'true',
  ),
  timeout: key(duration(), 'How long it may take, from the request to the end of the job.', '30m'),
});

/** Where an MCP server is: one of the two. */
export const mcpServerShape = {
  url: key(
    address
      .refine((text) => !text.includes('${params.'), 'must not depend on what an agent writes')
      .optional(),
    'The address of the server (streamable HTTP). Or `command`.',
    'https://tools.example.com/mcp',
  ),
  command: key(
    strict({
      argv: key(
        argv.refine(
          (parts) => !parts.some((part) => part.includes('${')),
          'must be written out: the arguments of a server are no place for parameters',
        ),
        'The program and its arguments. No shell is in between.',
        '[node, tools.mjs]',
      ),
      environment: key(
        programEnvironment.optional(),
        "Variables of the worker that the program finds: a list, or a table with the program's names for them.",
        '[TOOLS_TOKEN]',
      ),
      credentials: key(
        identifier.optional(),
        'The name of a source under `credentialSources`, whose credential is minted for the call and found by the program.',
        'tools',
      ),
    }).optional(),
    'The server as a program, on the machine of the worker. Or `url`.',
  ),
};

/** A string that is one parameter, and nothing else. */
const PARAMETER = /^\$\{params\.[^}]+\}$/;

const mcp = strict({
  ...mcpServerShape,
  tool: key(z.string().min(1).max(300), 'The name of the tool.', 'set_price'),
  digest: key(
    z.union([sha256, z.string().regex(PARAMETER, 'must be a SHA-256')]),
    'What the server says of the tool, as `countersign mcp-proxy suggest` writes it. A tool that changed is not called.',
    'a2aa9f88ebd5e45380048d9344b92783a90372f0b48e309d0764abc420d57f2b',
  ),
  arguments: key(
    z.union([jsonRecord, z.string().regex(PARAMETER, 'must be a table, or one ${params.NAME}')]).optional(),
    'The arguments of the call. Without it, the parameters of the action as they are.',
    '{ sku: "${params.sku}", price: "${params.before}" }',
  ),
  timeout: key(duration(), 'How long the call may take.', '30s'),
});

const planShape = {
  http: key(http.optional(), 'A request. It carries the headers `Idempotency-Key` and `Fencing-Token`.'),
  command: key(command.optional(), 'A program, on the machine of the worker.'),
  job: key(
    job.optional(),
    'A request that begins a job, which is followed to its end ([docs/jobs.md](jobs.md)).',
  ),
  sql: key(sql.optional(), 'Statements on a PostgreSQL database ([docs/sql.md](sql.md)).'),
  flag: key(flag.optional(), 'A change of a feature flag ([docs/flags.md](flags.md)).'),
  github: key(github.optional(), 'A run of a workflow of GitHub Actions ([docs/github.md](github.md)).'),
  mcp: key(mcp.optional(), 'A call of a tool of an MCP server ([docs/mcp.md](mcp.md#the-proxy)).'),
  terraform: key(
    terraform.optional(),
    'A folder that OpenTofu or Terraform applies ([docs/terraform.md](terraform.md)).',
  ),
};

interface WrittenPlan {
  readonly job?: z.infer<typeof job> | undefined;
  readonly mcp?: z.infer<typeof mcp> | undefined;
  readonly http?: z.infer<typeof http> | undefined;
  readonly command?: z.infer<typeof command> | undefined;
  readonly sql?: z.infer<typeof sql> | undefined;
  readonly terraform?: WrittenTerraform | undefined;
  readonly flag?: z.infer<typeof flag> | undefined;
  readonly github?: z.infer<typeof github> | undefined;
}

function planOf(written: WrittenPlan, context: z.RefinementCtx): PlanTemplate {
  const executors = Object.keys(planShape);
  if (Object.values(written).filter((plan) => plan !== undefined).length !== 1)
    return refuseValue(context, `needs exactly one of ${executors.join(', ')}`);
  if (written.mcp) return mcpPlanOf(written.mcp, context);
  if (written.terraform) return terraformPlanOf(written.terraform);
  if (written.http) return { executor: 'http', ...timed(written.http) };
  if (written.job) return { executor: 'job', ...timed(written.job) };
  if (written.sql) return { executor: 'sql', ...timed(written.sql) };
  if (written.flag) return flagPlanOf(written.flag, context);
  if (written.github) return { executor: 'github', ...timed(written.github) };
  if (written.command) return { executor: 'command', ...timed(written.command) };
  throw new TypeError('one of them is there');
}

function mcpPlanOf(written: z.infer<typeof mcp>, context: z.RefinementCtx): PlanTemplate {
  const { url, command: program, tool, digest, arguments: given, timeout } = written;
  if ((url === undefined) === (program === undefined))
    return refuseValue(context, 'mcp needs exactly one of url, command');
  return {
    executor: 'mcp',
    server: program ?? { url: url ?? '' },
    tool,
    toolDigest: digest,
    ...(given === undefined ? {} : { arguments: given }),
    timeoutMs: timeout,
  };
}

/** What an action type runs: one executor with its plan, such as `{http: ...}`. */
export const planSchema = strict(planShape).transform(planOf).meta({ title: 'plan', section: 'plans' });

const leftSentence = text(300).refine(
  (sentence) => !sentence.includes('${'),
  'must be a sentence of your own: nothing is filled in here. Write a case with a condition for each value',
);

const leavesCondition = celText(
  leavesConditionFault,
  'condition over params, target and environment, such as params.version.startsWith("3.")',
).meta({ title: 'CEL condition', section: 'conditions' });

const leavesCase = strict({
  when: key(
    leavesCondition.optional(),
    'When it stays: a condition over `params`, `target` and `environment`. Without it, always.',
    `'params.version.startsWith("3.")'`,
  ),
  what: key(leftSentence, 'What stays, in a sentence for people.', 'data stays as 3.0.0 wrote it'),
});

/** What a rollback leaves behind. Written as `nothing`, as one sentence, or as cases. */
const leaves = either(
  (value) => typeof value === 'string',
  leftSentence.transform((what): LeavesCase[] => (what === 'nothing' ? [] : [{ what }])),
  z.array(leavesCase).min(1),
);

/** Whether a value is written as an undo. */
const isUndo = (value: unknown) => typeof value === 'object' && value !== null && 'undo' in value;

type Undo = z.infer<typeof undo>;

function templateOf(
  {
    flag: change,
    github: run,
    ...others
  }: Omit<WrittenPlan, 'flag' | 'github'> & {
    readonly flag?: WrittenPlan['flag'] | Undo;
    readonly github?: WrittenPlan['github'] | Undo;
  },
  context: z.RefinementCtx,
): PlanTemplate | UndoTemplate {
  const written = {
    ...others,
    flag: change && 'undo' in change ? undefined : change,
    github: run && 'undo' in run ? undefined : run,
  };
  const undone: UndoTemplate[] = [
    ...(change && 'undo' in change
      ? [{ executor: 'flag', undo: true, timeoutMs: change.timeout } as const]
      : []),
    ...(run && 'undo' in run ? [{ executor: 'github', undo: true, timeoutMs: run.timeout } as const] : []),
  ];
  const [first] = undone;
  if (!first) return planOf(written, context);
  const isAlone = undone.length === 1 && Object.values(written).every((plan) => plan === undefined);
  return isAlone ? first : refuseValue(context, 'undo stands alone: remove it, or the other plan');
}

/** What takes an action back: a plan, and what it leaves behind. */
export const rollbackSchema = strict({
  ...planShape,
  flag: key(
    either(isUndo, undo, flag).optional(),
    'A change of a feature flag, or `undo` ([docs/flags.md](flags.md)).',
  ),
  github: key(
    either(isUndo, undo, github).optional(),
    'A run of a workflow of GitHub Actions, or `undo` ([docs/github.md](github.md)).',
  ),
  leaves: key(
    leaves.optional(),
    'In a `rollback` alone: what stays when it has been taken back. `nothing`, a sentence, or cases. Without it, people read that nobody stated it.',
    'nothing',
  ),
})
  .transform(({ leaves, ...plan }, context): RollbackTemplate => {
    // What people see of a rollback is the preview of the effect that it takes back.
    if (plan.command?.preview)
      return refuseValue(context, 'a rollback has no preview: leave command.preview out');
    const template = templateOf(plan, context);
    return leaves === undefined ? template : { ...template, leaves };
  })
  .meta({ title: 'plan', section: 'plans' });

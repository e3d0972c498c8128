import { inWords } from '../shared/in-words.ts';
import type { Json } from '../shared/json.ts';
import type {
  CommandPlan,
  FlagPlan,
  FlagSettings,
  GithubPlan,
  JobPlan,
  McpServer,
  Plan,
  Reconcile,
  Success,
  TerraformPlan,
} from './action.ts';

/** A plan as people read it. It is the same in pages, mails and the Temporal UI. */
export interface PlanDescription {
  /** Its line in the histories of the Temporal UI. */
  readonly inShort: string;
  /** Absent: `content` says all of it. */
  readonly what?: { readonly name: string; readonly text: string } | undefined;
  /** What is sent, with its name: for example the body of a request. */
  readonly content: { readonly name: string; readonly value: Json };
  /** Its time limit, what it can see, and how its result is read: each a part of a sentence. */
  readonly limits: readonly string[];
}

/** Describes a plan for people. */
export function describePlan(plan: Plan): PlanDescription {
  const limit = `given up after ${inWords(plan.timeoutMs)}`;
  switch (plan.executor) {
    case 'http': {
      const request = `${plan.method} ${plan.url}`;
      return {
        inShort: request,
        what: { name: 'request', text: request },
        content: { name: 'body', value: plan.body },
        limits: [limit, ...(plan.success ? [doneWhen(plan.success)] : [])],
      };
    }
    case 'job': {
      const request = `${plan.method} ${plan.url}`;
      return {
        inShort: request,
        what: { name: 'request that begins a job', text: request },
        content: { name: 'body', value: plan.body },
        limits: [limit, ...jobLimits(plan)],
      };
    }
    case 'sql':
      return {
        inShort: plan.statements.map(({ text }) => text).join('; '),
        what: { name: 'database', text: plan.database },
        content: {
          name: 'statements',
          value: plan.statements.map(({ text, values }) => ({ text, values: [...values] })),
        },
        limits: [
          limit,
          'all in one transaction, which is committed once at most',
          `undone where it touches more than ${plan.mostRows} rows`,
        ],
      };
    case 'flag':
      return describeFlag(plan, limit);
    case 'github':
      return describeWorkflow(plan, limit);
    case 'command':
      return {
        inShort: plan.argv.join(' '),
        content: { name: 'command', value: [...plan.argv] },
        limits: [limit, ...commandLimits(plan)],
      };
    case 'mcp':
      return {
        inShort: `${plan.tool} by MCP`,
        what: { name: 'tool', text: `${plan.tool} of the MCP server ${serverText(plan.server)}` },
        content: { name: 'arguments', value: plan.arguments },
        limits: [
          limit,
          `called only if the server still says of the tool what it said (${plan.toolDigest})`,
          'never called a second time',
        ],
      };
    case 'terraform': {
      const { program, folder, workspace, variables } = plan;
      const where = workspace === undefined ? folder : `${folder}, workspace ${workspace}`;
      return {
        inShort: `${program} apply in ${where}`,
        what: { name: 'configuration', text: `${where}, applied by ${program}` },
        content: { name: 'variables', value: { ...variables } },
        limits: [limit, ...terraformLimits(plan)],
      };
    }
  }
}

function describeFlag({ flag, store, change, ofrep }: FlagPlan, limit: string): PlanDescription {
  const place = 'file' in store ? store.file : store.url;
  return {
    inShort: change === 'undo' ? `put the flag ${flag} back` : `set the flag ${flag}`,
    what: { name: 'flag', text: `${flag} in ${place}` },
    content:
      change === 'undo'
        ? { name: 'change', value: 'puts back what was there before' }
        : { name: 'set', value: settingsOf(change) },
    limits: [
      limit,
      'changed only if its definition still is as people saw it',
      ...(change === 'undo' ? ['not put back over a later change of somebody else'] : []),
      ...(ofrep ? [`evaluated afterwards by ${ofrep.url}`] : []),
    ],
  };
}

function describeWorkflow(plan: GithubPlan, limit: string): PlanDescription {
  const { repository, workflow, branch, change, inputs, correlation } = plan;
  const place = `${workflow} of ${repository}`;
  return {
    inShort: change === 'undo' ? `cancel the run of ${place}` : `run ${place}`,
    what: { name: 'workflow', text: `${place} on the branch ${branch}` },
    content:
      change === 'undo'
        ? { name: 'run', value: correlation.value }
        : { name: 'inputs', value: { ...inputs, [correlation.input]: correlation.value } },
    limits: [
      limit,
      ...(change === 'undo'
        ? ['cancelled only while it runs: what it did by then stays']
        : [
            'started only if the branch still is at the commit that people saw',
            'never started a second time',
          ]),
    ],
  };
}

const settingsOf = ({ state, defaultVariant, targeting }: FlagSettings): Json => ({
  ...(state === undefined ? {} : { state }),
  ...(defaultVariant === undefined ? {} : { defaultVariant }),
  ...(targeting === undefined ? {} : { targeting }),
});

function terraformLimits({ environment, destroy, replace, mayDestroy }: TerraformPlan): string[] {
  return [
    ...environmentText(environment),
    ...(destroy ? ['DESTROYS everything that the configuration manages'] : []),
    ...(replace ? [`REPLACES ${replace.join(', ')}`] : []),
    mayDestroy || destroy
      ? 'may destroy and replace what its preview says'
      : `destroys ${replace ? 'nothing else' : 'nothing'}: a plan that would is refused`,
    'applies only a plan that does what the preview says, and never a second time',
  ];
}

function environmentText(environment: Readonly<Record<string, string>> = {}): string[] {
  const variableNames = Object.entries(environment).map(([name, variable]) =>
    name === variable ? name : `${variable} as ${name}`,
  );
  return variableNames.length === 0
    ? []
    : [`reads these variables of the worker: ${variableNames.join(', ')}`];
}

function commandLimits({
  directory,
  credentials,
  environment,
  done,
  unchanged,
  repeatable,
  preview,
}: CommandPlan): string[] {
  return [
    ...(directory === undefined ? [] : [`run in the folder ${directory}`]),
    ...environmentText(environment),
    ...(credentials === undefined ? [] : [`finds a credential of ${credentials}, minted for it`]),
    ...(done ? [`exit status ${done.join(' or ')} means that it is done, as 0 does`] : []),
    ...(unchanged ? [`exit status ${unchanged.join(' or ')} means that it changed nothing`] : []),
    ...(repeatable ? ['run again if its result is unknown'] : []),
    ...(preview ? [`run only if this still prints what it printed: ${preview.argv.join(' ')}`] : []),
  ];
}

function jobLimits({ status, cancel, repeatable }: JobPlan): string[] {
  const { succeeded, failed, unchanged, intervalMs } = status;
  return [
    `asked every ${inWords(intervalMs)} how it stands`,
    `done when ${succeeded}`,
    `failed when ${failed}`,
    ...(unchanged === undefined ? [] : [`ended without a change when ${unchanged}`]),
    cancel
      ? `cancelled when it is given up or revoked: ${cancel.method} to its status address${cancel.append ?? ''}`
      : 'not cancelled when it is given up: it may go on',
    ...(repeatable ? ['sent again if no answer came'] : []),
  ];
}

/** Where an MCP server is. */
const serverText = (server: McpServer): string => ('url' in server ? server.url : server.argv.join(' '));

function doneWhen({ statuses, condition }: Success): string {
  const parts = [
    ...(statuses ? [`it is answered ${statuses.join(' or ')}`] : []),
    ...(condition === undefined ? [] : [`the answer meets ${condition}`]),
  ];
  return `done when ${parts.join(' and ')}`;
}

/** How an effect is looked up where nobody knows whether it ran, and what follows, each as a part of a sentence. */
export const reconcileText = (reconcile: Reconcile): string[] => [
  'asked only where it is not known whether it ran',
  ...('by' in reconcile
    ? ['its executor finds out whether it is there']
    : [`it is there when ${reconcile.present}`]),
  `it is not there when ${'by' in reconcile ? 'its executor says so' : reconcile.absent}, also ${inWords(reconcile.settleMs)} after the time of the request is over: then nothing is taken back`,
  'with any other answer it is taken back',
];

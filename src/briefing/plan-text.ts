import type { McpServer, Plan, Reconcile, Success } from '../domain/action/action.ts';
import { inWords } from './text.ts';

/** The conditions of a request, each as a part of a sentence: its time limit, what it can see, and how its result is read. */
export function planText(plan: Plan): string[] {
  const limit = `given up after ${inWords(plan.timeoutMs)}`;
  if (plan.executor === 'http') return [limit, ...(plan.success ? [doneWhen(plan.success)] : [])];
  if (plan.executor === 'mcp')
    return [
      limit,
      `called only if the server still says of the tool what it said (${plan.toolDigest})`,
      'never called a second time',
    ];
  const { environment = {}, unchanged, repeatable } = plan;
  const variableNames = Object.entries(environment).map(([name, variable]) =>
    name === variable ? name : `${variable} as ${name}`,
  );
  return [
    limit,
    ...(variableNames.length === 0
      ? []
      : [`reads these variables of the worker: ${variableNames.join(', ')}`]),
    ...(unchanged ? [`exit status ${unchanged.join(' or ')} means that it changed nothing`] : []),
    ...(repeatable ? ['run again if its result is unknown'] : []),
  ];
}

/** Where an MCP server is. */
export const serverText = (server: McpServer): string =>
  'url' in server ? server.url : server.argv.join(' ');

function doneWhen({ statuses, condition }: Success): string {
  const parts = [
    ...(statuses ? [`it is answered ${statuses.join(' or ')}`] : []),
    ...(condition === undefined ? [] : [`the answer meets ${condition}`]),
  ];
  return `done when ${parts.join(' and ')}`;
}

/** How an effect is looked up where nobody knows whether it ran, and what follows, each as a part of a sentence. */
export const reconcileText = ({ present, absent, settleMs }: Reconcile): string[] => [
  'asked only where it is not known whether it ran',
  `it is there when ${present}`,
  `it is not there when ${absent}, also ${inWords(settleMs)} after the time of the request is over: then nothing is taken back`,
  'with any other answer it is taken back',
];

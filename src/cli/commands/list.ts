import { table } from '../../briefing/table.ts';
import { utc } from '../../briefing/text.ts';
import type { CliCommand } from '../cli-command.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';

export interface Filter {
  readonly status?: string;
  readonly target?: string;
  readonly limit: number;
}

interface Listed {
  readonly id: string;
  readonly summary: string;
  readonly status: string;
  readonly tier: string;
  readonly outcome: string;
  readonly deadline: string;
}

/** Lists actions and reviews, newest first, from Temporal's visibility store (seconds behind at most). */
export const list = (command: CliCommand, filter: Filter) =>
  connected(command, async (countersign) => {
    const rows: Listed[] = [];
    for await (const workflow of countersign.client.workflow.list({ query: queryOf(filter) })) {
      rows.push(listedOf(workflow));
      if (rows.length >= filter.limit) break;
    }
    print(command, rows, () => (rows.length === 0 ? 'Nothing to list.' : tableOf(rows)));
  });

function queryOf({ status, target }: Filter): string {
  return [
    "(WorkflowType = 'governAction' OR WorkflowType = 'reviewAction')",
    ...(status === undefined ? [] : [STATUS_QUERIES[status] ?? `CountersignStatus = ${quoted(status)}`]),
    ...(target === undefined ? [] : [`CountersignTarget = ${quoted(target)}`]),
  ].join(' AND ');
}

const STATUS_QUERIES: Readonly<Record<string, string>> = {
  running: "CountersignStatus = 'running' AND ExecutionStatus = 'Running'",
  waiting: "CountersignStatus = 'waiting' AND ExecutionStatus = 'Running'",
  lost: "CountersignStatus != 'closed' AND ExecutionStatus != 'Running' AND ExecutionStatus != 'Failed'",
};

const quoted = (value: string) => `'${value.replace(/[^A-Za-z0-9._-]/g, '')}'`;

function listedOf(workflow: {
  workflowId: string;
  searchAttributes: object;
  status: { name: string };
  staticSummary?: unknown;
}): Listed {
  const attribute = (name: string): string => {
    const value: unknown = Reflect.get(workflow.searchAttributes, name);
    const [first] = Array.isArray(value) ? value : [value];
    return first instanceof Date ? first.toISOString() : first === undefined ? '' : String(first);
  };
  return {
    id: workflow.workflowId.replace(/^action\//, ''),
    summary: [attribute('CountersignActionType'), attribute('CountersignTarget')]
      .filter(Boolean)
      .join(' on '),
    status: statusOf(workflow.status.name, attribute('CountersignStatus')),
    tier: attribute('CountersignTier'),
    outcome: attribute('CountersignOutcome'),
    deadline: attribute('CountersignDeadline'),
  };
}

/** The status of an action, as indexed by its workflow. It is the last status where somebody ended the workflow. */
function statusOf(execution: string, indexedStatus: string): string {
  if (execution === 'RUNNING' || indexedStatus === 'closed') return indexedStatus;
  return execution === 'FAILED' ? 'refused' : 'lost';
}

const tableOf = (rows: readonly Listed[]) =>
  table([
    ['ACTION', 'WHAT', 'TIER', 'STATUS', 'DECIDE BY', 'OUTCOME'],
    ...rows.map(({ id, summary, tier, status, deadline, outcome }) => [
      id,
      summary,
      tier,
      status,
      // Once nobody is waited for, the deadline is of no use.
      status === 'waiting' && deadline !== '' ? utc(Date.parse(deadline)) : '',
      outcome,
    ]),
  ]);

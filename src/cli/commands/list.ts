import { type Command, InvalidArgumentError, Option } from 'commander';
import { utc } from '../../briefing/text.ts';
import type { IndexedStatus } from '../../contract/search-attributes.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';

/** `lost`: its workflow was ended from outside, before it could say how the action ended. */
const STATUSES: readonly (IndexedStatus | 'lost')[] = ['running', 'waiting', 'lost', 'closed'];

interface Listed {
  readonly id: string;
  readonly summary: string;
  readonly status: string;
  readonly tier: string;
  readonly outcome: string;
  readonly deadline: string;
}

/** `countersign list`: actions and reviews, newest first, from Temporal's visibility store (seconds behind at most). */
export function listCommand(program: Command): void {
  program
    .command('list')
    .description('list actions and reviews, newest first')
    .addOption(new Option('--status <status>', 'only with this status').choices(STATUSES))
    .option('--target <component>', 'only for this component')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .action(async (options: { status?: string; target?: string; limit: number }, command: Command) =>
      connected(command, async (countersign) => {
        const listed: Listed[] = [];
        for await (const workflow of countersign.client.workflow.list({ query: queryOf(options) })) {
          listed.push(listedOf(workflow));
          if (listed.length >= options.limit) break;
        }
        print(command, listed, () => (listed.length === 0 ? 'Nothing to list.' : tableOf(listed)));
      }),
    );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}

function queryOf({ status, target }: { status?: string; target?: string }): string {
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

/** Where it stands by its own word, which is its last one where somebody ended it. */
function statusOf(execution: string, indexed: string): string {
  if (execution === 'RUNNING' || indexed === 'closed') return indexed;
  return execution === 'FAILED' ? 'refused' : 'lost';
}

const tableOf = (listed: readonly Listed[]) =>
  table([
    ['ACTION', 'WHAT', 'TIER', 'STATUS', 'DECIDE BY', 'OUTCOME'],
    ...listed.map(({ id, summary, tier, status, deadline, outcome }) => [
      id,
      summary,
      tier,
      status,
      // Once nobody is waited for, it is of no use.
      status === 'waiting' && deadline !== '' ? utc(Date.parse(deadline)) : '',
      outcome,
    ]),
  ]);

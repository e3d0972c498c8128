import { Option } from 'commander';
import type { IndexedStatus } from '../../contract/search-attributes.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Filter } from '../commands/list.ts';
import { wholeNumber } from '../whole-number.ts';

/** The statuses to filter by. `lost`: the workflow was ended from outside, before it could say how the action ended. */
const STATUSES: readonly (IndexedStatus | 'lost')[] = ['running', 'waiting', 'lost', 'closed'];

/** `countersign list`: actions and reviews, newest first, from Temporal's visibility store (seconds behind at most). */
export function listUsage(program: CliCommand): void {
  program
    .command('list')
    .description('list actions and reviews, newest first')
    .addOption(new Option('--status <status>', 'only with this status').choices(STATUSES))
    .option('--target <component>', 'only for this component')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .action(async (filter: Filter, command: CliCommand) => {
      const { list } = await import('../commands/list.ts');
      await list(command, filter);
    });
}

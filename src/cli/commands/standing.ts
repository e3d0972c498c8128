import type { Command } from 'commander';
import { answered } from '../answered.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { standingText } from '../standing-text.ts';

/** `countersign standing`: how far each agent may go by itself, since when, and what its record says. */
export function standingCommand(program: Command): void {
  program
    .command('standing')
    .description('show the levels of agents, who gave them, and the record behind them')
    .option('--agent <agent>', 'only this agent')
    .action(async ({ agent }: { agent?: string }, command: Command) => {
      const reports = await connected(command, (countersign) =>
        answered(countersign, () => countersign.standing(agent)),
      );
      print(command, reports, () =>
        reports.length === 0 ? 'No agent has proposed anything yet.' : standingText(reports),
      );
    });
}

import type { CliCommand } from '../cli-command.ts';

/** `countersign standing`: what each agent may do by itself, since when, and what its record says. */
export function standingUsage(program: CliCommand): void {
  program
    .command('standing')
    .description('show the levels of agents, who gave them, and the record behind them')
    .option('--agent <agent>', 'only this agent')
    .action(async ({ agent }: { agent?: string }, command: CliCommand) => {
      const { showStanding } = await import('../commands/standing.ts');
      await showStanding(command, agent);
    });
}

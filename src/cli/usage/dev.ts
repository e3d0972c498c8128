import { USUAL_PORTS } from '../../dev/ports.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Dev } from '../commands/dev.ts';

/** `countersign dev`: a Temporal server, PostgreSQL, caught mail, a worker and a gateway, all on this machine. */
export function devUsage(program: CliCommand): void {
  program
    .command('dev')
    .description(
      'run everything on this machine: Temporal with its UI, PostgreSQL, caught mail, worker, gateway',
    )
    .option(
      '--installation <folder>',
      'what to govern (COUNTERSIGN_INSTALLATION)',
      program.io.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .option(
      '--directory <folder>',
      'keep all data in this folder; default: a folder for each installation, which the command names',
    )
    .option('--temporary', 'keep nothing')
    .addHelpText(
      'after',
      `
It takes these ports of 127.0.0.1 if they are free, so that links and bookmarks last, and other ports if they are not:
Temporal ${USUAL_PORTS.temporal}, its UI ${USUAL_PORTS.temporalUi}, the inbox ${USUAL_PORTS.inbox}, caught mail ${USUAL_PORTS.caughtMail}.`,
    )
    .action(async (options: Dev, command: CliCommand) => {
      const { dev } = await import('../commands/dev.ts');
      await dev(command, options);
    });
}

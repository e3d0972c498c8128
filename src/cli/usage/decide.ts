import { Argument } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import type { Decided } from '../commands/decide.ts';
import { VERDICTS, type Word } from '../verdicts.ts';

/** `countersign decide`: shows what would run, and signs the person's decision on exactly that. */
export function decideUsage(program: CliCommand): void {
  program
    .command('decide')
    .description('sign a decision on an action, or on a review ("review/<action>")')
    .argument('<action>', 'action id')
    .addArgument(new Argument('<verdict>', 'what you say').choices(Object.keys(VERDICTS)))
    .option(
      '--key <file>',
      'your key file, made by "countersign keys" (COUNTERSIGN_KEY)',
      program.io.env.COUNTERSIGN_KEY ?? '',
    )
    .option(
      '--reason <text>',
      'your reason, or with "ask" the question; required to ask, edit, revoke, keep and break the glass',
    )
    .option('--params <json>', 'with "edit": all parameters, with their new values')
    .option('--incident <id>', 'with "break-glass": the id of the incident')
    .option(
      '--although <digest...>',
      'with "approve": each finding that you approve past, where there is no terminal to confirm it at',
    )
    .option('--yes', 'do not ask again')
    .addHelpText(
      'after',
      `
While people are waited for: approve, deny, acknowledge (you are looking at it: where its route has a hold, the next step of it
comes later), withdraw (your vote), ask (the agent a question), edit (make another revision of it, which others decide on) and
break-glass (let it run at once, where policy lets you). Once they have decided: revoke. After a watch that could not tell: keep
(the effect stays), or revoke (it is taken back).`,
    )
    .action(async (id: string, word: Word, options: Decided, command: CliCommand) => {
      const { decide } = await import('../commands/decide.ts');
      await decide(command, id, word, options);
    });
}

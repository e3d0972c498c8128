import type { CliCommand } from '../cli-command.ts';
import type { Recorded } from '../commands/score-card.ts';
import { signing } from '../signing-options.ts';

/** `countersign score-card`: signs how a build of an agent did in a replay, for the people who grant it a level. */
export function scoreCardUsage(program: CliCommand): void {
  signing(program.command('score-card'))
    .description('record how a build of an agent did in a replay; "standing: scoreCard:" may ask for it')
    .argument('<file>', 'what "countersign replay --only AGENT --json" printed')
    .requiredOption('--agent-version <version>', 'the version in the proposals of this build')
    .option('--model <model>', 'the model, if its proposals name one')
    .option('--prompt-digest <sha256>', 'the digest of its prompt, if its proposals name one')
    .action(async (file: string, options: Recorded, command: CliCommand) => {
      const { recordScoreCard } = await import('../commands/score-card.ts');
      await recordScoreCard(command, file, options);
    });
}

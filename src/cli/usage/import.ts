import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import type { ImportOptions } from '../commands/import.ts';

/** `countersign import argo`: takes over what another tool has about the watch after an action. */
export function importUsage(program: CliCommand): void {
  program
    .command('import')
    .description('take over what another tool was told about the watch after an action')
    .command('argo')
    .description("print the `watch` of an action type for each analysis template of Argo Rollouts' in a file")
    .argument('<file>', 'YAML with AnalysisTemplate or ClusterAnalysisTemplate; - for standard input')
    .option('--source <name>', 'the metric source in countersign.yaml that is asked', 'prometheus')
    .option('--watch-for <duration>', 'how long a metric is watched that has no count, such as 15m')
    .option('--arg <name=value>', 'the value of an argument; may be given several times', withArg, {})
    .option('--target-arg <name>', 'the argument that names the service: it becomes ${target}')
    .addHelpText(
      'after',
      '\nWhat is not carried over, or reads otherwise here, is named on standard error, with line, reason and remedy.' +
        '\nExit status: 0 everything was carried over, 1 something was not.',
    )
    .action(async (file: string, options: ImportOptions, command: CliCommand) => {
      const { importArgoFile } = await import('../commands/import.ts');
      await importArgoFile(command, file, options);
    });
}

function withArg(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([^=\s]+)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('Write it as NAME=VALUE, such as service-name=checkout.');
  return { ...before, [name]: value };
}

import { once } from 'node:events';
import type { Command } from 'commander';
import { startEmbedded } from '../../dev/embedded.ts';
import { startWorker } from '../../dev/worker-process.ts';
import { print } from '../print.ts';

interface Options {
  readonly installation: string;
  readonly directory?: string;
}

/** `countersign dev`: a Temporal server, PostgreSQL, caught mail and a worker, all on this machine. */
export function devCommand(program: Command): void {
  program
    .command('dev')
    .description('run everything on this machine: Temporal with its UI, PostgreSQL, caught mail, a worker')
    .option(
      '--installation <folder>',
      'what to govern (COUNTERSIGN_INSTALLATION)',
      process.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .option('--directory <folder>', 'keep all data here; without it nothing is kept')
    .action(async ({ installation, directory }: Options, command: Command) => {
      const embedded = await startEmbedded((line) => process.stderr.write(`${line}\n`), directory);
      try {
        const env = { ...embedded.env, ...given(embedded.env), COUNTERSIGN_INSTALLATION: installation };
        const worker = await startWorker(env);
        const { address, uiUrl, outbox } = embedded;
        print(command, { address, uiUrl, mail: outbox.webUrl, env }, () =>
          [
            `Temporal      ${address}   (export TEMPORAL_ADDRESS=${address})`,
            `Temporal UI   ${uiUrl}`,
            `Caught mail   ${outbox.webUrl}`,
            'Ctrl-C ends all of it.',
          ].join('\n'),
        );
        await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
        await worker.stop();
      } finally {
        await embedded.stop();
      }
    });
}

/** What the caller's own environment sets goes before what is embedded: a real pager, say. */
function given(env: object): Record<string, string> {
  return Object.fromEntries(
    Object.keys(env).flatMap((name) => {
      const value = process.env[name];
      return value === undefined || name === 'TEMPORAL_ADDRESS' ? [] : [[name, value]];
    }),
  );
}

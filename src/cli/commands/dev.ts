import { once } from 'node:events';
import type { Command } from 'commander';
import { cedar } from '../../adapters/cedar/index.ts';
import { queryFault } from '../../adapters/index.ts';
import { loadInstallation } from '../../config/index.ts';
import { startEmbedded } from '../../dev/embedded.ts';
import { startGateway } from '../../dev/gateway-process.ts';
import { startWorker } from '../../dev/worker-process.ts';
import { planGateway } from '../dev-gateway.ts';
import { print } from '../print.ts';

interface Options {
  readonly installation: string;
  readonly directory?: string;
}

/** `countersign dev`: a Temporal server, PostgreSQL, caught mail, a worker and a gateway, all on this machine. */
export function devCommand(program: Command): void {
  program
    .command('dev')
    .description(
      'run everything on this machine: Temporal with its UI, PostgreSQL, caught mail, worker, gateway',
    )
    .option(
      '--installation <folder>',
      'what to govern (COUNTERSIGN_INSTALLATION)',
      process.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .option('--directory <folder>', 'keep all data here; without it nothing is kept')
    .action(async ({ installation, directory }: Options, command: Command) => {
      const embedded = await startEmbedded((line) => process.stderr.write(`${line}\n`), directory);
      const planned = await planGateway(directory);
      try {
        const settings = { ...embedded.env, ...planned.env };
        const env = { ...settings, ...given(settings), COUNTERSIGN_INSTALLATION: installation };
        const worker = await startWorker(env);
        const gateway = (await namesGateway(installation, env))
          ? await startGateway(planned.address, env, { devSignIn: true })
          : undefined;
        const { address, uiUrl, outbox } = embedded;
        const inbox = gateway && env.COUNTERSIGN_GATEWAY_URL;
        print(command, { address, uiUrl, mail: outbox.webUrl, inbox, env }, () =>
          [
            ...(inbox === undefined ? [] : [`Inbox         ${inbox}`]),
            `Temporal      ${address}   (export TEMPORAL_ADDRESS=${address})`,
            `Temporal UI   ${uiUrl}`,
            `Caught mail   ${outbox.webUrl}`,
            'Ctrl-C ends all of it.',
          ].join('\n'),
        );
        await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
        await Promise.all([worker.stop(), gateway?.stop()]);
      } finally {
        await Promise.all([embedded.stop(), planned.remove()]);
      }
    });
}

/** Whether the installation says where people sign in: without that, nobody would believe what a gateway signs. */
async function namesGateway(folder: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  const loaded = await loadInstallation(folder, { ...process.env, ...env }, cedar, queryFault);
  return loaded.kind === 'loaded' && loaded.installation.rules.gateway !== undefined;
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

import { once } from 'node:events';
import { cedar } from '../../adapters/cedar/index.ts';
import { queryFault } from '../../adapters/index.ts';
import { loadInstallation } from '../../config/index.ts';
import type { Embedded } from '../../dev/embedded.ts';
import { startGateway } from '../../dev/gateway-process.ts';
import { missingPackages } from '../../dev/missing-packages.ts';
import { USUAL_PORTS } from '../../dev/ports.ts';
import { startWorker } from '../../dev/worker-process.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { planData } from '../dev-data.ts';
import { planGateway } from '../dev-gateway.ts';
import { standInsFor } from '../placeholder-env.ts';
import { print } from '../print.ts';
import { printFaults } from '../print-faults.ts';

export interface Dev {
  readonly installation: string;
  readonly directory?: string;
  readonly temporary?: true;
}

/** Runs a Temporal server, PostgreSQL, caught mail, a worker and a gateway on this machine, until a signal ends it. */
export async function dev(command: CliCommand, { installation, ...where }: Dev): Promise<void> {
  // Checked before anything starts: a server takes minutes to build, and a worker on a faulty folder would only end.
  const loaded = await loadInstallation(installation, standInsFor(command.io.env).env, cedar, queryFault);
  if (loaded.kind === 'faulty') return printFaults(command, installation, loaded.faults);
  // A gateway starts only where the installation names one: otherwise nobody would accept what the gateway signs.
  const namesGateway = loaded.installation.rules.gateway !== undefined;

  const missingNames = missingPackages();
  if (missingNames.length > 0)
    throw new CommandError(
      `"countersign dev" needs packages that are not installed here: run "npm ci" in a clone, or "npm install ${missingNames.join(' ')}" elsewhere`,
    );
  // A production install has every command, but not the packages that only this one needs.
  const { startEmbedded } = await import('../../dev/embedded.ts');
  const report = (line: string) => command.io.stderr.write(`${line}\n`);
  const data = await planData(installation, where);
  const { directory } = data;
  try {
    const embedded = await startEmbedded(report, directory, { usualPorts: true });
    try {
      const gatewayPlan = await planGateway(directory, embedded.usual ? USUAL_PORTS.inbox : undefined);
      const settings = { ...embedded.env, ...gatewayPlan.env };
      const env = {
        ...settings,
        ...ownValues(settings, command.io.env),
        COUNTERSIGN_INSTALLATION: installation,
      };
      const withDatabase = (url: string) => ({ ...env, COUNTERSIGN_DATABASE_URL: url });
      const { database } = embedded;
      try {
        const worker = await startWorker(withDatabase(database.worker));
        const gateway = namesGateway
          ? await startGateway(gatewayPlan.address, withDatabase(database.gateway), { devSignIn: true })
          : undefined;
        const { address, uiUrl, outbox } = embedded;
        const inbox = gateway && env.COUNTERSIGN_GATEWAY_URL;
        // For other commands, which only read the database.
        const shownEnv = withDatabase(database.auditor);
        print(command, { address, uiUrl, mail: outbox.webUrl, inbox, data: directory, env: shownEnv }, () =>
          whereText(embedded, inbox, data.said),
        );
        await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
        await Promise.all([worker.stop(), gateway?.stop()]);
      } finally {
        await gatewayPlan.remove();
      }
    } finally {
      await embedded.stop();
    }
  } finally {
    await data.release();
  }
}

function whereText({ address, uiUrl, outbox }: Embedded, inbox: string | undefined, data: string): string {
  const isDefault = address === `127.0.0.1:${USUAL_PORTS.temporal}`;
  return [
    ...(inbox === undefined ? [] : [`Inbox         ${inbox}`]),
    `Temporal      ${address}   (${isDefault ? 'where every command looks' : `export TEMPORAL_ADDRESS=${address}`})`,
    `Temporal UI   ${uiUrl}`,
    `Caught mail   ${outbox.webUrl}`,
    `Data          ${data}`,
    'Ctrl-C ends all of it.',
  ].join('\n');
}

/** The settings of the Temporal server that is started here. They overrule those of the caller's shell. */
const ITS_OWN = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_TLS'];

/** The settings of the caller's own environment, which overrule the embedded ones: for example a real pager. */
function ownValues(env: object, processEnv: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.keys(env).flatMap((name) => {
      const value = processEnv[name];
      return value === undefined || ITS_OWN.includes(name) ? [] : [[name, value]];
    }),
  );
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyFile } from '../src/cli/signing.ts';
import { type Countersign, connect } from '../src/client/index.ts';
import { createLogins, prepareDatabase } from '../src/dev/database.ts';
import { startOutbox } from '../src/dev/outbox.ts';
import { startPostgres } from '../src/dev/postgres.ts';
import type { Report } from '../src/dev/progress.ts';
import type { ServerProcess } from '../src/dev/server-process.ts';
import { findTemporal } from '../src/dev/temporal-binary.ts';
import { startTemporal } from '../src/dev/temporal-server.ts';
import { startWorker } from '../src/dev/worker-process.ts';
import { startBareWorker } from './bare.ts';
import { type GatewayServers, startGatewayServers } from './gateway-servers.ts';
import { writeInstallation } from './installation.ts';
import { startTarget, type Target } from './target.ts';

/** Everything that both sides run on: one Temporal server in memory, and the same target. */
export interface Servers {
  readonly countersign: Countersign;
  readonly approver: KeyFile;
  readonly target: Target;
  readonly temporal: ServerProcess;
  readonly postgres: ServerProcess;
  startGovernedWorker(): Promise<ServerProcess>;
  startBareWorker(): Promise<ServerProcess>;
  /** A gateway, and the worker to go with it. */
  startGateway(): Promise<GatewayServers>;
  stop(): Promise<void>;
}

export async function startServers(report: Report): Promise<Servers> {
  const binary = await findTemporal(report);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const [temporal, postgres, outbox, target] = await Promise.all([
    startTemporal({ binary, ui: false }),
    startPostgres(),
    startOutbox(),
    startTarget(),
  ]);
  const urls = { target: target.url, smtp: outbox.smtpUrl, pager: outbox.pagerUrl };
  const installation = join(folder, 'installation');
  const approver = await writeInstallation(installation, urls);
  const { address } = temporal;
  const logins = await createLogins(postgres.url);
  const database = await prepareDatabase(postgres.url, logins);
  const countersign = await connect({ address });
  return {
    countersign,
    approver,
    target,
    temporal,
    postgres,
    startGovernedWorker: () =>
      startWorker({
        TEMPORAL_ADDRESS: address,
        COUNTERSIGN_INSTALLATION: installation,
        COUNTERSIGN_DATABASE_URL: database.worker,
        COUNTERSIGN_LOG_LEVEL: 'warn',
      }),
    startBareWorker: () => startBareWorker(address, target.url),
    startGateway: () =>
      startGatewayServers({
        address,
        urls,
        folder: join(folder, 'gateway'),
        postgres: postgres.url,
        logins,
      }),
    stop: async () => {
      await countersign.close();
      await Promise.all([temporal.stop(), postgres.stop(), outbox.stop(), target.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}

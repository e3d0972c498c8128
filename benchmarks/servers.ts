import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyFile } from '../src/cli/signing.ts';
import { type Countersign, connect } from '../src/client/index.ts';
import { createLogins, type DatabaseUrls, prepareDatabase } from '../src/dev/database.ts';
import { startOutbox } from '../src/dev/outbox.ts';
import { startPostgres } from '../src/dev/postgres.ts';
import type { Report } from '../src/dev/progress.ts';
import type { ServerProcess } from '../src/dev/server-process.ts';
import { startWorker } from '../src/dev/worker-process.ts';
import { startBareWorker } from './bare.ts';
import { type GatewayServers, startGatewayServers } from './gateway-servers.ts';
import { type Processes, startGroup } from './group.ts';
import { writeInstallation } from './installation.ts';
import { startTarget, type Target } from './target.ts';
import { findServer, type ServerKind, type Temporal, WORKERS } from './temporal.ts';

/** Everything that both sides run on: one Temporal server, and the same target. */
export interface Servers {
  readonly countersign: Countersign;
  readonly approver: KeyFile;
  readonly target: Target;
  readonly temporal: Temporal;
  /** The PostgreSQL with the ledger. */
  readonly postgres: Processes;
  /** The URLs of its database. */
  readonly database: DatabaseUrls;
  startGovernedWorkers(): Promise<Processes>;
  startBareWorkers(): Promise<Processes>;
  /** A gateway, and the worker to go with it. */
  startGateway(): Promise<GatewayServers>;
  /** Ends everything, workers that still run too. */
  stop(): Promise<void>;
}

/** @param firstWait how long the first step of a route waits until the next one pages somebody */
export async function startServers(
  kind: ServerKind,
  report: Report,
  { firstWait }: { firstWait?: string } = {},
): Promise<Servers> {
  const startTemporal = await findServer(kind, report);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  // A PostgreSQL that root starts runs as somebody else.
  await chmod(folder, 0o711);
  const [temporal, postgres, outbox, target] = await Promise.all([
    startTemporal(folder),
    startPostgres(),
    startOutbox(),
    startTarget(),
  ]);
  const urls = { target: target.url, smtp: outbox.smtpUrl, pager: outbox.pagerUrl };
  const installation = join(folder, 'installation');
  const approver = await writeInstallation(installation, { ...urls, ...(firstWait && { firstWait }) });
  const { address } = temporal;
  const logins = await createLogins(postgres.url);
  const database = await prepareDatabase(postgres.url, logins);
  const countersign = await connect({ address });
  const workers: Processes[] = [];
  const startWorkers = async (start: () => Promise<ServerProcess>) => {
    const group = await startGroup(WORKERS[kind], start);
    workers.push(group);
    return group;
  };
  return {
    countersign,
    approver,
    target,
    temporal,
    postgres: { pids: [postgres.pid], stop: postgres.stop },
    database,
    startGovernedWorkers: () =>
      startWorkers(() =>
        startWorker({
          TEMPORAL_ADDRESS: address,
          COUNTERSIGN_INSTALLATION: installation,
          COUNTERSIGN_DATABASE_URL: database.worker,
          COUNTERSIGN_LOG_LEVEL: 'warn',
        }),
      ),
    startBareWorkers: () => startWorkers(() => startBareWorker(address, target.url)),
    startGateway: () =>
      startGatewayServers({
        address,
        urls,
        folder: join(folder, 'gateway'),
        postgres: postgres.url,
        logins,
      }),
    stop: async () => {
      // First: the outbox waits for the connections that a worker holds.
      await Promise.all(workers.map((group) => group.stop()));
      await countersign.close();
      await Promise.all([temporal.stop(), postgres.stop(), outbox.stop(), target.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}

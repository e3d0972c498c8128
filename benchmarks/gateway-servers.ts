import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { planGateway } from '../src/cli/dev-gateway.ts';
import type { KeyFile } from '../src/cli/signing.ts';
import { type DatabaseUrls, type Logins, prepareDatabase } from '../src/dev/database.ts';
import { startGateway } from '../src/dev/gateway-process.ts';
import { startWorker } from '../src/dev/worker-process.ts';
import { type Urls, writeInstallation } from './installation.ts';

/** A gateway and a worker, each a process of its own, over a database that nobody has used yet. */
export interface GatewayServers {
  readonly origin: string;
  readonly database: DatabaseUrls;
  /** Can sign in, and has a key too. */
  readonly approver: KeyFile;
  stop(): Promise<void>;
}

interface Where {
  readonly address: string;
  readonly urls: Urls;
  /** Gets the installation, and the gateway's key. */
  readonly folder: string;
  /** URL of the superuser. */
  readonly postgres: string;
  /** That it has already. */
  readonly logins: Logins;
}

const DATABASE = 'with_gateway';

/** Its actions are those of the other installation, each with one measurement only. */
export async function startGatewayServers({
  address,
  urls,
  folder,
  postgres,
  logins,
}: Where): Promise<GatewayServers> {
  const database = await prepareDatabase(await newDatabase(postgres), logins);
  await mkdir(folder);
  const plan = await planGateway(folder);
  const { COUNTERSIGN_GATEWAY_URL: origin, COUNTERSIGN_GATEWAY_PUBLIC_KEY: key } = plan.env;
  const installation = join(folder, 'installation');
  const approver = await writeInstallation(installation, { ...urls, gateway: { url: origin, key } });
  const env = {
    ...plan.env,
    TEMPORAL_ADDRESS: address,
    COUNTERSIGN_INSTALLATION: installation,
    COUNTERSIGN_LOG_LEVEL: 'error',
  };
  const worker = await startWorker({ ...env, COUNTERSIGN_DATABASE_URL: database.worker });
  const gateway = await startGateway(
    plan.address,
    { ...env, COUNTERSIGN_DATABASE_URL: database.gateway },
    { devSignIn: true },
  ).catch(async (error) => {
    await worker.stop();
    throw error;
  });
  return {
    origin,
    database,
    approver,
    stop: async () => {
      await Promise.all([gateway.stop(), worker.stop()]);
    },
  };
}

async function newDatabase(server: string): Promise<string> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = DATABASE;
  return url.href;
}

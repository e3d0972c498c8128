import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import proto from '@temporalio/proto';
import { freePorts } from '../../src/dev/ports.ts';
import { startPostgres } from '../../src/dev/postgres.ts';
import { startServer } from '../../src/dev/server-process.ts';
import { askFrontend } from '../../src/dev/temporal-server.ts';
import type { Binaries } from './binaries.ts';
import { configOf, DATABASES, dynamicConfigFile, PORTS_NEEDED } from './config.ts';

const run = promisify(execFile);

/** gRPC status code: https://grpc.io/docs/guides/status-codes */
const NOT_FOUND = 5;
const RETENTION = proto.google.protobuf.Duration.fromObject({ seconds: 86_400 });

export interface ProductionServer {
  /** host:port of the gRPC frontend. */
  readonly address: string;
  readonly pid: number;
  /** Of the PostgreSQL that is the server's alone. */
  readonly postgresPid: number;
  stop(): Promise<void>;
}

/**
 * Starts Temporal as it runs in production, on 127.0.0.1: all of its services, in one process, over a PostgreSQL of their own.
 *
 * @param folder gets the configuration and the databases. Others must be let into it: PostgreSQL does not run as root
 */
export async function startProductionServer(binaries: Binaries, folder: string): Promise<ProductionServer> {
  await mkdir(folder);
  await chmod(folder, 0o711);
  const postgres = await startPostgres({ directory: join(folder, 'postgres') });
  try {
    await makeTables(binaries, postgres.url);
    const { address, pid, stop } = await startOver(binaries, folder, postgres.url);
    return {
      address,
      pid,
      postgresPid: postgres.pid,
      stop: async () => {
        await stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function makeTables({ sqlTool }: Binaries, url: string): Promise<void> {
  const { hostname, port, username, password } = new URL(url);
  const schemas = { [DATABASES.main]: 'temporal', [DATABASES.visibility]: 'visibility' };
  for (const [database, schema] of Object.entries(schemas)) {
    const env = { SQL_PLUGIN: 'postgres12', SQL_HOST: hostname, SQL_PORT: port, SQL_USER: username };
    const tool = (...args: string[]) =>
      run(sqlTool, args, { env: { ...env, SQL_PASSWORD: password, SQL_DATABASE: database } });
    await tool('create-database');
    await tool('setup-schema', '--version', '0.0');
    await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

async function startOver({ server }: Binaries, folder: string, postgres: string) {
  const ports = await freePorts(PORTS_NEEDED);
  const address = `127.0.0.1:${ports[0]}`;
  const config = join(folder, 'server.json');
  const dynamicConfig = join(folder, 'dynamic.json');
  // JSON is YAML. The configuration has the password.
  await writeFile(config, JSON.stringify(configOf({ ports, postgres, dynamicConfig })), { mode: 0o600 });
  await writeFile(dynamicConfig, JSON.stringify(dynamicConfigFile()));
  const { pid, stop } = await startServer({
    name: 'the production Temporal server',
    command: server,
    args: ['--config-file', config, '--allow-no-auth', 'start'],
    stopSignal: 'SIGTERM',
    answers: () => defaultNamespace(address),
  });
  return { address, pid, stop };
}

/** Describes the namespace, or makes it in a server that is new. */
const defaultNamespace = (address: string) =>
  askFrontend(address, ({ workflowService }) =>
    workflowService.describeNamespace({ namespace: 'default' }).catch((error: { code?: number }) => {
      if (error.code !== NOT_FOUND) throw error;
      return workflowService.registerNamespace({
        namespace: 'default',
        workflowExecutionRetentionPeriod: RETENTION,
      });
    }),
  );

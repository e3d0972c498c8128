import { Connection } from '@temporalio/client';
import { freePorts, requireFreePort } from './ports.ts';
import { startServer } from './server-process.ts';

/** The settings of a server that is alone on this machine. The keys are those of the server's dynamic configuration. */
export const DYNAMIC_CONFIG = {
  // By default a shard reads each of its queues 20 times a second, and every step waits for that.
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  // With several partitions a task can wait in one while the worker polls another.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  // A timer that is due sooner than this (1 s by default) is delayed by that much, and each skip of time is such a timer. The shift is
  // for hosts whose clocks differ, and here is only one host.
  'history.timerProcessorMaxTimeShift': '10ms',
  // How many calls may wait for an answer, of each kind and in one namespace: 1,200 by default. Each caller of `result()` is one of them.
  'frontend.namespaceCount': 20_000,
  // Each agent gets its turn when work has piled up, and people go first.
  'matching.enableFairness': true,
  'frontend.WorkflowTimeSkippingEnabled': true,
};

export interface TemporalOptions {
  /** The path of a `temporal` CLI. */
  readonly binary: string;
  readonly ui: boolean;
  /** The SQLite file that keeps everything over a restart; without it everything is in memory. Its folder must exist. */
  readonly databaseFile?: string;
  /** The gRPC port; without it a free one is taken. */
  readonly port?: number;
  /** The port of the UI; without it a free one is taken. */
  readonly uiPort?: number;
  /** A file that the server's output is appended to. */
  readonly log?: string;
}

export interface TemporalServer {
  /** host:port of the gRPC frontend. */
  readonly address: string;
  readonly uiUrl?: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a Temporal development server on 127.0.0.1, with time skipping allowed and its queues read without delay.
 *
 * @throws Error when the port is taken, or the server dies at start (with its last output)
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  if (options.port !== undefined) await requireFreePort(options.port);
  const [freePort, freeUiPort] = await freePorts(2);
  const { port = freePort, uiPort = freeUiPort } = options;
  const address = `127.0.0.1:${port}`;
  const { pid, stop } = await startServer({
    name: 'the Temporal server',
    command: options.binary,
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--log-level',
      'error',
      ...(options.ui ? ['--ui-port', String(uiPort)] : ['--headless']),
      // The default journal mode halves the throughput of a file.
      ...(options.databaseFile
        ? ['--db-filename', options.databaseFile, '--sqlite-pragma', 'journal_mode=wal']
        : []),
      ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => [
        '--dynamic-config-value',
        `${key}=${JSON.stringify(value)}`,
      ]),
    ],
    stopSignal: 'SIGTERM',
    ...(options.log === undefined ? {} : { log: options.log }),
    answers: () => describeDefaultNamespace(address),
  });
  return { address, pid, stop, ...(options.ui ? { uiUrl: `http://127.0.0.1:${uiPort}` } : {}) };
}

const describeDefaultNamespace = (address: string) =>
  askFrontend(address, ({ workflowService }) => workflowService.describeNamespace({ namespace: 'default' }));

/** Asks a server that may not be up yet, over a connection of its own. @throws Error soon when it does not answer */
export async function askFrontend<T>(
  address: string,
  ask: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = Connection.lazy({
    address,
    connectTimeout: 1_000,
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 20, 'grpc.max_reconnect_backoff_ms': 50 },
  });
  try {
    await connection.ensureConnected();
    return await ask(connection);
  } finally {
    await connection.close();
  }
}

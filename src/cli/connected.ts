import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { z } from 'zod';
import { connectionOptions, type TemporalConnectionOptions } from '../adapters/temporal/connection.ts';
import { type Countersign, connect } from '../client/index.ts';
import { temporalSettings } from '../contract/settings.ts';
import type { CliCommand } from './cli-command.ts';
import { CommandError } from './command-error.ts';

/** Connects as the global options say, runs `run`, and always closes the connection. */
export async function connected<T>(
  command: CliCommand,
  run: (countersign: Countersign) => Promise<T>,
): Promise<T> {
  const { address, namespace } = command.optsWithGlobals<{ address: string; namespace: string }>();
  const { COUNTERSIGN_TASK_QUEUE: taskQueue } = command.io.env;
  const countersign = await connect({
    ...(await howToConnect(command.io.env)),
    address,
    namespace,
    ...(taskQueue === undefined ? {} : { taskQueue }),
    ...((await refuses(address)) ? { connectTimeout: LEFT_MS } : {}),
  });
  try {
    return await run(countersign);
  } finally {
    await countersign.close();
  }
}

/** The settings of the connection, from the environment. @throws CommandError that names every setting of Temporal that is wrong */
async function howToConnect(env: NodeJS.ProcessEnv): Promise<TemporalConnectionOptions> {
  // The global options give the address.
  const settings = z.object(temporalSettings).safeParse({ ...env, TEMPORAL_ADDRESS: undefined });
  if (!settings.success) throw new CommandError(z.prettifyError(settings.error));
  return connectionOptions(settings.data).catch((error: Error) => {
    throw new CommandError(error.message);
  });
}

/** How long to keep trying where nothing listens, in milliseconds: a server may still be starting, or be behind a proxy. */
const LEFT_MS = 2_000;

/** Whether it is known at once that nothing listens at an address. */
async function refuses(address: string): Promise<boolean> {
  const [, host = '', port = '7233'] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address) ?? [];
  if (Number(port) > 65_535) return false;
  const socket = connectTcp({ host, port: Number(port) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(1_000) });
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

import { fileURLToPath } from 'node:url';
import { freePorts } from '../../src/dev/ports.ts';
import { type ServerProcess, startServer } from '../../src/dev/server-process.ts';

const SERVICE = fileURLToPath(new URL('./service/main.ts', import.meta.url));

export interface Storefront extends ServerProcess {
  readonly url: string;
}

/**
 * Starts the storefront as a process of its own.
 *
 * @param effects file of its effect log; an existing one is carried on
 * @param rate requests per second of the traffic that it serves
 * @param fixedPort where it listens; any free port unless it has to come back where it was
 */
export async function startStorefront(
  effects: string,
  rate: number,
  fixedPort?: number,
): Promise<Storefront> {
  const [port] = fixedPort === undefined ? await freePorts(1) : [fixedPort];
  const url = `http://127.0.0.1:${port}`;
  const running = await startServer({
    name: 'the storefront',
    command: process.execPath,
    args: [
      '--import',
      'tsx',
      SERVICE,
      '--port',
      String(port),
      '--effects',
      effects,
      '--traffic',
      String(rate),
    ],
    stopSignal: 'SIGTERM',
    answers: async () => {
      const { ok } = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) });
      if (!ok) throw new Error('it is not healthy');
    },
  });
  return { ...running, url };
}

/** One change that the storefront really made: a line of its effect log. */
export interface StorefrontEffect {
  readonly seq: number;
  readonly service: string;
  readonly operation: string;
  readonly idempotencyKey: string;
  readonly fencingToken: number;
  readonly undoes?: string;
}

export async function effectsOf(url: string): Promise<StorefrontEffect[]> {
  return (await fetch(`${url}/effects`)).json() as Promise<StorefrontEffect[]>;
}

export async function stateOf(
  url: string,
): Promise<Record<string, { version: string; instances: number; config: object }>> {
  return (await fetch(`${url}/state`)).json() as Promise<
    Record<string, { version: string; instances: number; config: object }>
  >;
}

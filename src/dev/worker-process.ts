import { fileURLToPath } from 'node:url';
import { freePorts } from './ports.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** The path of the built worker, seen from the build and from a source tree. */
const WORKER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/worker.js' : '../worker.js', import.meta.url),
);

/**
 * Starts a worker as its own process and resolves once it is healthy.
 *
 * @param env the worker's settings, which overrule this process's environment
 * @param log a file that its log is appended to
 */
export async function startWorker(env: Record<string, string>, log?: string): Promise<ServerProcess> {
  const [port] = await freePorts(1);
  const health = `127.0.0.1:${port}`;
  return startServer({
    name: 'the worker',
    command: process.execPath,
    args: [WORKER],
    env: { ...process.env, COUNTERSIGN_HEALTH_ADDRESS: health, ...env },
    stopSignal: 'SIGTERM',
    answers: async () => {
      const response = await fetch(`http://${health}/healthz`, { signal: AbortSignal.timeout(1_000) });
      if (!response.ok) throw new Error(await response.text());
    },
    ...(log === undefined ? {} : { log }),
  });
}

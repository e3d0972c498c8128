import { fileURLToPath } from 'node:url';
import { type ServerProcess, startServer } from './server-process.ts';

/** The path of the built gateway, seen from the build and from a source tree. */
const GATEWAY = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/gateway.js' : '../gateway.js', import.meta.url),
);

/**
 * Starts a gateway as its own process and resolves once it is healthy.
 *
 * @param address host:port at which it listens
 * @param env its settings, which overrule this process's environment
 */
export function startGateway(
  address: string,
  env: Readonly<Record<string, string>>,
  options: { readonly devSignIn?: boolean; readonly log?: string } = {},
): Promise<ServerProcess> {
  return startServer({
    name: 'the gateway',
    command: process.execPath,
    args: [GATEWAY, ...(options.devSignIn ? ['--dev-sign-in'] : [])],
    env: { ...process.env, COUNTERSIGN_GATEWAY_ADDRESS: address, ...env },
    stopSignal: 'SIGTERM',
    answers: async () => {
      const response = await fetch(`http://${address}/healthz`, { signal: AbortSignal.timeout(3_000) });
      if (!response.ok) throw new Error(await response.text());
    },
    ...(options.log === undefined ? {} : { log: options.log }),
  });
}

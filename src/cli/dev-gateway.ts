import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, thisOrAFreePort } from '../dev/ports.ts';
import { newGatewayKey, readGatewayKey } from '../keys/key-file.ts';

export interface DevGateway {
  /** The host:port at which the gateway listens. */
  readonly address: string;
  /** The settings that worker and gateway need for it, and that countersign.yaml may name as `${env.NAME}`. */
  readonly env: {
    readonly COUNTERSIGN_GATEWAY_URL: string;
    readonly COUNTERSIGN_GATEWAY_PUBLIC_KEY: string;
    readonly COUNTERSIGN_GATEWAY_KEY: string;
  };
  remove(): Promise<void>;
}

/**
 * Plans a key and an address for a gateway on this machine.
 *
 * @param directory keeps the key for the next start
 * @param usualPort the preferred port; another free one is taken where it is not free or not given
 */
export async function planGateway(directory?: string, usualPort?: number): Promise<DevGateway> {
  const folder = directory ?? (await mkdtemp(join(tmpdir(), 'countersign-gateway-')));
  const file = join(folder, 'gateway-key.json');
  if (!existsSync(file))
    await writeFile(file, `${JSON.stringify(newGatewayKey(), null, 2)}\n`, { mode: 0o600 });
  const { jwk } = await readGatewayKey(file);
  const [port] = usualPort === undefined ? await freePorts(1) : [await thisOrAFreePort(usualPort)];
  return {
    address: `127.0.0.1:${port}`,
    env: {
      // Passkeys belong to names, so 127.0.0.1 has none.
      COUNTERSIGN_GATEWAY_URL: `http://localhost:${port}`,
      COUNTERSIGN_GATEWAY_PUBLIC_KEY: jwk.x,
      COUNTERSIGN_GATEWAY_KEY: file,
    },
    remove: async () => {
      if (directory === undefined) await rm(folder, { recursive: true });
    },
  };
}

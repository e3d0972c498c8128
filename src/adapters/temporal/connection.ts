import { readFile } from 'node:fs/promises';
import type { TLSConfig } from '@temporalio/worker';
import type { TemporalSettings } from '../../contract/settings.ts';

export interface TemporalConnectionOptions {
  /** host:port */
  readonly address: string;
  readonly apiKey?: string;
  /** TLS settings. `false`: plain text. */
  readonly tls: false | TLSConfig;
}

/**
 * How a client or worker reaches Temporal's frontend. As in Temporal's own environment configuration, a token or any TLS setting
 * turns TLS on, and TEMPORAL_TLS overrules both.
 *
 * @throws Error that names the setting that is wrong
 */
export async function connectionOptions(settings: TemporalSettings): Promise<TemporalConnectionOptions> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: apiKey } = settings;
  const tls = await tlsOf(settings);
  const usesTls = apiKey !== undefined || Object.keys(tls).length > 0;
  return {
    address,
    ...(apiKey === undefined ? {} : { apiKey }),
    tls: (settings.TEMPORAL_TLS ?? usesTls) && tls,
  };
}

async function tlsOf(settings: TemporalSettings): Promise<TLSConfig> {
  const paths = [settings.TEMPORAL_TLS_CLIENT_CERT_PATH, settings.TEMPORAL_TLS_CLIENT_KEY_PATH];
  if (paths.filter((path) => path !== undefined).length === 1)
    throw new Error(
      'TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH go together: set both or none',
    );
  const [crt, key, authority] = await Promise.all([
    contentOf(settings, 'TEMPORAL_TLS_CLIENT_CERT_PATH'),
    contentOf(settings, 'TEMPORAL_TLS_CLIENT_KEY_PATH'),
    contentOf(settings, 'TEMPORAL_TLS_SERVER_CA_CERT_PATH'),
  ]);
  if ((crt === undefined) !== (key === undefined))
    throw new Error(
      'TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH go together: set both or none',
    );
  const name = settings.TEMPORAL_TLS_SERVER_NAME;
  return {
    ...(crt === undefined || key === undefined ? {} : { clientCertPair: { crt, key } }),
    ...(authority === undefined ? {} : { serverRootCACertificate: authority }),
    ...(name === undefined ? {} : { serverNameOverride: name }),
  };
}

async function contentOf(
  settings: TemporalSettings,
  name: 'TEMPORAL_TLS_CLIENT_CERT_PATH' | 'TEMPORAL_TLS_CLIENT_KEY_PATH' | 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
): Promise<Buffer | undefined> {
  const path = settings[name];
  if (path === undefined) return undefined;
  return readFile(path).catch((cause: Error) => {
    throw new Error(`${name} cannot be read: ${cause.message}`, { cause });
  });
}

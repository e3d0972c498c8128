import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatabaseUrls, prepareDatabase } from './database.ts';
import { type Outbox, startOutbox } from './outbox.ts';
import { thisOrAFreePort, USUAL_PORTS } from './ports.ts';
import { startPostgres } from './postgres.ts';
import type { Report } from './progress.ts';
import { findTemporal } from './temporal-binary.ts';
import { startTemporal } from './temporal-server.ts';

export interface Embedded {
  readonly outbox: Outbox;
  /** Whether this process has the usual ports of this machine, where other programs left them free. */
  readonly usual: boolean;
  /** host:port of the Temporal frontend. */
  readonly address: string;
  readonly uiUrl: string;
  /** The `COUNTERSIGN_DATABASE_URL` of each part. */
  readonly database: DatabaseUrls;
  /** The settings with which every part uses the others, and which an installation may name as `${env.NAME}`. */
  readonly env: {
    readonly TEMPORAL_ADDRESS: string;
    readonly TEMPORAL_NAMESPACE: string;
    /** Always "false": the development server has no TLS. */
    readonly TEMPORAL_TLS: string;
    readonly TEMPORAL_UI_URL: string;
    readonly SMTP_URL: string;
    readonly PAGER_URL: string;
    readonly PAGER_ROUTING_KEY: string;
  };
  stop(): Promise<void>;
}

/**
 * Starts everything that Countersign needs around a worker, on 127.0.0.1 and free ports: the Temporal server with its UI,
 * PostgreSQL, and a mail server and pager that only catch.
 *
 * @param directory keeps everything for the next start; without it nothing is kept
 * @param options `usualPorts`: on `USUAL_PORTS`, each where it is free
 */
export async function startEmbedded(
  report: Report,
  directory?: string,
  { usualPorts = false } = {},
): Promise<Embedded> {
  const binary = await findTemporal(report);
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  const inDirectory = (name: string) => (directory === undefined ? undefined : join(directory, name));
  const databaseFile = inDirectory('temporal.db');
  const postgresDirectory = inDirectory('postgres');
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(started.map((part) => part.stop()));
  };
  const part = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const server = await starting;
    started.push(server);
    return server;
  };
  try {
    const outbox = await part(startOutbox(usualPorts ? USUAL_PORTS.caughtMail : 0));
    // Of several processes that start at once, only one binds this port, and only that one tries the other usual ports. Otherwise a
    // person could find another process's server at a usual port.
    const usual = usualPorts && new URL(outbox.webUrl).port === String(USUAL_PORTS.caughtMail);
    const temporalOptions = { binary, ui: true, ...(databaseFile === undefined ? {} : { databaseFile }) };
    const startAnywhere = () => startTemporal(temporalOptions);
    const temporalAt = usual ? await usualOfTemporal() : undefined;
    const [temporal, postgres] = await Promise.all([
      // Another program may take a usual port at the last moment.
      part(
        temporalAt
          ? startTemporal({ ...temporalOptions, ...temporalAt }).catch(startAnywhere)
          : startAnywhere(),
      ),
      part(startPostgres(postgresDirectory === undefined ? {} : { directory: postgresDirectory })),
    ]);
    const uiUrl = temporal.uiUrl ?? '';
    const database = await prepareDatabase(postgres.url);
    return {
      outbox,
      usual,
      address: temporal.address,
      uiUrl,
      database,
      env: {
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: 'default',
        TEMPORAL_TLS: 'false',
        TEMPORAL_UI_URL: uiUrl,
        SMTP_URL: outbox.smtpUrl,
        PAGER_URL: outbox.pagerUrl,
        PAGER_ROUTING_KEY: 'dev',
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function usualOfTemporal() {
  return {
    port: await thisOrAFreePort(USUAL_PORTS.temporal),
    uiPort: await thisOrAFreePort(USUAL_PORTS.temporalUi),
  };
}

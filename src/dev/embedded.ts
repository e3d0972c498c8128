import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Outbox, startOutbox } from './outbox.ts';
import { startPostgres } from './postgres.ts';
import type { Report } from './progress.ts';
import { findTemporal } from './temporal-binary.ts';
import { startTemporal } from './temporal-server.ts';

export interface Embedded {
  readonly outbox: Outbox;
  /** host:port of the Temporal frontend. */
  readonly address: string;
  readonly uiUrl: string;
  /** Settings with which a worker uses all of this, and what an installation may name as `${env.NAME}`. */
  readonly env: {
    readonly TEMPORAL_ADDRESS: string;
    readonly COUNTERSIGN_DATABASE_URL: string;
    readonly TEMPORAL_UI_URL: string;
    readonly SMTP_URL: string;
    readonly PAGER_URL: string;
    readonly PAGER_ROUTING_KEY: string;
  };
  stop(): Promise<void>;
}

/**
 * Starts all that Countersign needs around a worker, on 127.0.0.1 and free ports: the Temporal server with its UI,
 * PostgreSQL, and a mail server and pager that only catch.
 *
 * @param directory keeps everything for the next start; without it nothing is kept
 */
export async function startEmbedded(report: Report, directory?: string): Promise<Embedded> {
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
    const running = await starting;
    started.push(running);
    return running;
  };
  try {
    const [temporal, postgres, outbox] = await Promise.all([
      part(startTemporal({ binary, ui: true, ...(databaseFile === undefined ? {} : { databaseFile }) })),
      part(startPostgres(postgresDirectory === undefined ? {} : { directory: postgresDirectory })),
      part(startOutbox()),
    ]);
    const uiUrl = temporal.uiUrl ?? '';
    return {
      outbox,
      address: temporal.address,
      uiUrl,
      env: {
        TEMPORAL_ADDRESS: temporal.address,
        COUNTERSIGN_DATABASE_URL: postgres.url,
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

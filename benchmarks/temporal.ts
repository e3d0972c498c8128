import { join } from 'node:path';
import type { Report } from '../src/dev/progress.ts';
import { findTemporal } from '../src/dev/temporal-binary.ts';
import { startTemporal } from '../src/dev/temporal-server.ts';
import type { Processes } from './group.ts';
import { findBinaries } from './production-server/binaries.ts';
import { startProductionServer } from './production-server/start.ts';

/**
 * The development server keeps everything in memory and has one shard. The production server has four, over a PostgreSQL of its
 * own.
 */
export const SERVER_KINDS = ['development', 'production'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

/** Workers that each side has. In production there are several, so that one may end. */
export const WORKERS: Readonly<Record<ServerKind, number>> = { development: 1, production: 2 };

export interface Temporal extends Processes {
  /** host:port of the gRPC frontend. */
  readonly address: string;
  /** The same processes by what they are. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
}

/** Starts it. @param folder gets what the server keeps. Others must be let into the folders above it */
type Start = (folder: string) => Promise<Temporal>;

/** Finds the programs of such a server, or builds them, and returns what starts it. */
export async function findServer(kind: ServerKind, report: Report): Promise<Start> {
  if (kind === 'development') {
    const binary = await findTemporal(report);
    return async () => {
      const { address, pid, stop } = await startTemporal({ binary, ui: false });
      return { address, pids: [pid], parts: { Temporal: [pid] }, stop };
    };
  }
  const binaries = await findBinaries(report);
  return async (folder) => {
    const { address, pid, postgresPid, stop } = await startProductionServer(
      binaries,
      join(folder, 'temporal'),
    );
    const parts = { Temporal: [pid], 'PostgreSQL, Temporal': [postgresPid] };
    return { address, pids: [pid, postgresPid], parts, stop };
  };
}

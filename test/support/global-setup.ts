import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundleWorkflows } from '../../scripts/bundle.ts';
import { createLogins, type Logins } from '../../src/dev/database.ts';
import { startPostgres } from '../../src/dev/postgres.ts';
import { findTemporal } from '../../src/dev/temporal-binary.ts';
import { startTemporal } from '../../src/dev/temporal-server.ts';
import { findBrowser } from './browser-binary.ts';
import { requirePrograms } from './programs.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

declare module 'vitest' {
  export interface ProvidedContext {
    /** host:port of the Temporal server that all tests share. */
    temporalAddress: string;
    /** File that holds the bundled workflows of this source tree. */
    workflowBundle: string;
    /** Superuser of the PostgreSQL that all tests share; see createDatabase. */
    postgresUrl: string;
    /** What worker, gateway and auditor sign in with there. */
    logins: Logins;
  }
}

/** Starts one Temporal server and one PostgreSQL for the whole run. Tests keep apart by task queue, id and database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Whoever has to wait, or misses something, is told before anything starts; standard output is for the tests.
  const report = (line: string) => process.stderr.write(`${line}\n`);
  await requirePrograms();
  await findBrowser(report);
  const binary = await findTemporal(report);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  const workflowBundle = join(folder, 'workflows.js');
  await writeFile(workflowBundle, await bundleWorkflows(SOURCES, '.ts'));
  project.provide('workflowBundle', workflowBundle);
  const temporal = await startTemporal({ binary, ui: false });
  const postgres = await startPostgres().catch(async (error) => {
    await temporal.stop();
    throw error;
  });
  project.provide('temporalAddress', temporal.address);
  project.provide('postgresUrl', postgres.url);
  project.provide('logins', await createLogins(postgres.url));
  return async () => {
    await Promise.all([temporal.stop(), postgres.stop(), rm(folder, { recursive: true })]);
  };
}

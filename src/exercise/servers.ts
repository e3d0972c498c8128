import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { prepareDatabase } from '../dev/database.ts';
import { startPostgres } from '../dev/postgres.ts';
import type { Report } from '../dev/progress.ts';
import { findTemporal } from '../dev/temporal-binary.ts';
import { startTemporal } from '../dev/temporal-server.ts';
import type { Servers } from './exercise.ts';

/** The bundle that the build made, seen from the build and from a source tree. */
const BUNDLE = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/exercise-bundle.js' : '../exercise-bundle.js',
    import.meta.url,
  ),
);

/**
 * Starts servers for one exercise, which keep nothing. No setting of the environment counts: an exercise never uses a Temporal server or a
 * database that somebody has named.
 */
export async function startServers(report: Report): Promise<Servers & { stop(): Promise<void> }> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
  });
  const temporal = await startTemporal({ binary: await findTemporal(report), ui: false });
  try {
    const postgres = await startPostgres();
    try {
      const { worker } = await prepareDatabase(postgres.url);
      return {
        temporal: temporal.address,
        database: worker,
        workflowBundle: { codePath: BUNDLE },
        stop: async () => {
          await Promise.all([temporal.stop(), postgres.stop()]);
        },
      };
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  } catch (error) {
    await temporal.stop();
    throw error;
  }
}

import { afterAll, beforeAll, inject } from 'vitest';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { type Countersign, connect } from '../../src/client/index.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { testInstallation } from '../support/installation.ts';
import { type GatewayOptions, TestGateway } from './support.ts';

/** A gateway of whom nobody decides anything: no worker runs behind it. */
export function useGateway(
  options: () => Promise<Partial<GatewayOptions>> | Partial<GatewayOptions> = () => ({}),
): () => TestGateway {
  let parts: {
    gateway: TestGateway;
    database: Database;
    testDatabase: TestDatabase;
    countersign: Countersign;
  };
  beforeAll(async () => {
    const testDatabase = await createDatabase();
    const [database, countersign] = await Promise.all([
      openDatabase(testDatabase.urls.gateway, 'gateway'),
      connect({ address: inject('temporalAddress') }),
    ]);
    const { installation } = testInstallation();
    const gateway = await TestGateway.start({ installation, database, countersign, ...(await options()) });
    parts = { gateway, database, testDatabase, countersign };
  });
  afterAll(async () => {
    const { gateway, database, testDatabase, countersign } = parts;
    await gateway.stop();
    await Promise.all([database.close(), countersign.close()]);
    await testDatabase.drop();
  });
  return () => parts.gateway;
}

import { queryFault } from '../../src/adapters/index.ts';
import { copiesOf, type Databases } from '../../src/practice/databases.ts';
import { type LoadedCase, loadCases, SHIPPED_CASES } from '../../src/practice/written-cases.ts';
import { createDatabase } from '../support/database.ts';

export interface TestDatabases extends Pick<Databases, 'fresh'> {
  drop(): Promise<void>;
}

/** Databases for cases, on the PostgreSQL of this test run. */
export async function createDatabases(): Promise<TestDatabases> {
  const { urls, drop } = await createDatabase();
  return { ...copiesOf(urls, urls.owner), drop };
}

/** The cases that ship. */
export async function shippedCases(): Promise<readonly LoadedCase[]> {
  const read = await loadCases(SHIPPED_CASES, undefined, queryFault);
  if (read.kind === 'faulty') throw new Error(`${read.where}: ${JSON.stringify(read.faults, null, 2)}`);
  return read.cases;
}

export const shippedCase = async (name: string): Promise<LoadedCase> => {
  const found = (await shippedCases()).find(({ written }) => written.name === name);
  if (!found) throw new Error(`no case ${name}`);
  return found;
};

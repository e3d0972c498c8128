import { queryFault } from '../../src/adapters/index.ts';
import { type LoadedCase, loadCases, SHIPPED_CASES } from '../../src/practice/written-cases.ts';

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

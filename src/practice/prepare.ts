import { lookup } from '../domain/shared/lookup.ts';
import { practicePage } from './action-page.ts';
import { askedIn } from './asked.ts';
import { type Databases, startDatabases } from './databases.ts';
import { factsOn } from './page-facts.ts';
import type { PracticeCase } from './prepared.ts';
import { ruleCase } from './rule-case.ts';
import type { LoadedCase } from './written-cases.ts';

/** A case that cannot be practised, and why: a sentence without the final period. */
export class CaseFaulty extends Error {}

/**
 * Makes the question of a case, and checks that its page says what it is said to say.
 *
 * @throws CaseFaulty
 */
export async function prepare(
  { file, written, loaded }: LoadedCase,
  { fresh }: Pick<Databases, 'fresh'>,
): Promise<PracticeCase> {
  const faulty = (why: string) => new CaseFaulty(`${file}: ${why}`);
  const ruled = await fresh((database) => ruleCase(written, loaded, database));
  if (ruled.kind === 'none') throw faulty(ruled.why);
  const asked = askedIn(ruled.entries, written.readAfter);
  const { action } = asked?.state ?? {};
  if (!asked || !action) throw faulty('nobody may both approve and deny it');
  const slo = lookup(loaded.installation.services, action.target)?.slo;
  const { facts, missing } = factsOn(
    String(await practicePage({ ...asked, slo }, {}, { isOpen: true })),
    written.facts,
  );
  if (missing.length > 0)
    throw faulty(`its page does not say ${missing.map((says) => JSON.stringify(says)).join(', nor ')}`);
  const { kind, is, because } = written;
  return { ...asked, actionId: action.id, title: action.title, kind, is, because, facts, slo };
}

/** Prepares cases on a PostgreSQL of their own, which is gone afterwards. @throws CaseFaulty */
export async function prepareAll(cases: readonly LoadedCase[]): Promise<PracticeCase[]> {
  if (cases.length === 0) return [];
  const databases = await startDatabases();
  try {
    const prepared: PracticeCase[] = [];
    for (const one of cases) prepared.push(await prepare(one, databases));
    return prepared;
  } finally {
    await databases.stop();
  }
}

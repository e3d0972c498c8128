import type { WrittenCase } from '../domain/practice/case.ts';
import { lookup } from '../domain/shared/lookup.ts';
import { type Cast, castOf } from '../exercise/cast.ts';
import { practicePage } from './action-page.ts';
import { askedIn } from './asked.ts';
import { factsOn } from './page-facts.ts';
import type { PracticeCase } from './prepared.ts';
import { recordsInMemory } from './records.ts';
import { type RunOfCase, ruleCase } from './rule-case.ts';
import type { LoadedCase, RulesOfCase } from './written-cases.ts';

export type Prepared =
  | { readonly kind: 'prepared'; readonly prepared: PracticeCase }
  /** The case cannot be asked. `why` is a sentence without the final period. */
  | { readonly kind: 'none'; readonly why: string };

/**
 * Makes the question of a case, and checks that its page says what it is said to say.
 *
 * @param cast who signs in it
 * @param question the run and the key of the request, where they are given
 */
export async function prepareCase(
  written: WrittenCase,
  loaded: RulesOfCase,
  cast: Parameters<typeof ruleCase>[2],
  question?: RunOfCase,
): Promise<Prepared> {
  const none = (why: string) => ({ kind: 'none', why }) as const;
  const ruled = await ruleCase(written, loaded, cast, recordsInMemory(), question);
  if (ruled.kind === 'none') return ruled;
  const asked = askedIn(ruled.entries, written.readAfter);
  const { action } = asked?.state ?? {};
  if (!asked || !action) return none('nobody may both approve and deny it');
  const slo = lookup(loaded.installation.services, action.target)?.slo;
  const { facts, missing } = factsOn(
    String(await practicePage({ ...asked, slo }, {}, { isOpen: true })),
    written.facts,
  );
  if (missing.length > 0)
    return none(`its page does not say ${missing.map((says) => JSON.stringify(says)).join(', nor ')}`);
  const { kind, is, because } = written;
  return {
    kind: 'prepared',
    prepared: { ...asked, actionId: action.id, title: action.title, kind, is, because, facts, slo },
  };
}

/** A case that cannot be practised, and why: a sentence without the final period. */
export class CaseFaulty extends Error {}

/** Makes the question of a case that was read. @throws CaseFaulty */
export async function prepare({ file, written, loaded }: LoadedCase): Promise<PracticeCase> {
  const cast: Cast = await castOf(loaded.installation);
  const result = await prepareCase(written, loaded, cast);
  if (result.kind === 'none') throw new CaseFaulty(`${file}: ${result.why}`);
  return result.prepared;
}

import type { ClientBase } from 'pg';
import { readEntriesOf } from '../adapters/postgres/entries-of-action.ts';
import { entriesSince } from '../adapters/postgres/entries-since.ts';
import { headlineIn } from '../briefing/headline.ts';
import type { ReadEntry } from '../domain/ledger/ledger.ts';
import { truthOf } from '../domain/practice/truth.ts';
import { practicePage } from './action-page.ts';
import { askedIn } from './asked.ts';
import { factsOn } from './page-facts.ts';
import type { PracticeCase } from './prepared.ts';

/** How long after the question a recorded page is read, in milliseconds. */
const READ_AFTER_MS = 3 * 60_000;
/** The most facts of one kind that are told of a recorded action. */
const MOST_FACTS = 3;

/**
 * Takes questions of practice from the ledger, the newest first: half of them bad, as far as there are enough of both.
 *
 * @param since milliseconds since the epoch
 */
export async function recordedCases(
  client: ClientBase,
  { since, count }: { readonly since: number; readonly count: number },
): Promise<PracticeCase[]> {
  const closed = new Set<string>();
  for await (const { actionId } of entriesSince(client, since, ['closed'])) {
    // An action that was run again counts at its last end.
    closed.delete(actionId);
    closed.add(actionId);
  }
  const most = { bad: Math.ceil(count / 2), good: Math.floor(count / 2) };
  const cases: PracticeCase[] = [];
  for (const actionId of [...closed].reverse()) {
    if (cases.length === count) break;
    const one = await recordedCase(actionId, await readEntriesOf(client, actionId));
    if (one && cases.filter(({ is }) => is === one.is).length < most[one.is]) cases.push(one);
  }
  return cases;
}

/** The question that an action was, with what became of it. Undefined where people were not asked, or that is not known. */
export async function recordedCase(
  actionId: string,
  entries: readonly ReadEntry[],
): Promise<PracticeCase | undefined> {
  const truth = truthOf(actionId, entries);
  const asked = askedIn(entries, READ_AFTER_MS);
  const { state } = asked ?? {};
  if (!truth || !asked || !state?.action) return undefined;
  const findings = truth.is === 'bad' ? (state.findings ?? []).filter(({ weight }) => weight > 1) : [];
  const headline = headlineIn(state).filter(({ tone }) => tone === truth.is);
  const phrases = [
    ...findings.slice(0, MOST_FACTS).map(({ text }) => text),
    ...headline.slice(0, MOST_FACTS).map(({ text }) => text),
  ];
  const { facts } = factsOn(String(await practicePage(asked, {}, { isOpen: true })), phrases);
  return { ...asked, ...truth, actionId, title: state.action.title, facts };
}

import type { OutcomeKind } from '../action/outcome.ts';
import { hearAll } from '../approval/count-statements.ts';
import { decided } from '../approval/settlement.ts';
import { type ReadEntry, runOf } from '../ledger/ledger.ts';
import { mayRun } from '../record/may-run.ts';
import { doubtIn, type OnRecord, onRecord } from '../record/on-record.ts';
import { questionOn } from '../ruling/open-question.ts';
import type { Noted } from './noted.ts';

/** The endings after which no effect of the action may stand. */
const NOT_RUN: readonly OutcomeKind[] = [
  'recommended',
  'deniedByPerson',
  'deniedByPolicy',
  'expired',
  'undeliverable',
  'held',
];

/**
 * Finds what happened to an action although nothing on record allowed it: INVARIANTS 1, 2, 3 and 8, as far as the ledger can show that they were
 * not kept. What cannot be read is no proof, so it is no violation.
 *
 * @param entries the entries about the action, in their order
 * @param workflowId the workflow that governs the action: what people signed names it
 */
export function violationsIn(entries: readonly ReadEntry[], workflowId: string): Noted[] {
  return entries.flatMap((entry, i) => {
    const { actionId, at } = entry;
    const runId = runOf(entry);
    if (!['admitted', 'executed', 'closed'].includes(entry.kind)) return [];
    const before = onRecord(actionId, runId, entries.slice(0, i));
    const now = onRecord(actionId, runId, entries.slice(0, i + 1));
    if (doubtIn(now) !== undefined) return [];
    const about = { workflowId, runId };
    return whatIsWrong(entry.kind, before, now, about).map((what) => ({ at, about: actionId, what }));
  });
}

function whatIsWrong(
  kind: ReadEntry['kind'],
  before: OnRecord,
  now: OnRecord,
  about: { readonly workflowId: string; readonly runId: string },
): string[] {
  switch (kind) {
    case 'admitted':
      return wrongAdmission(before, now, about);
    case 'executed':
      return wrongEffect(before, now);
    default:
      return wrongEnd(now);
  }
}

function wrongAdmission(
  before: OnRecord,
  { admitted }: OnRecord,
  about: { readonly workflowId: string; readonly runId: string },
): string[] {
  const may = mayRun(before);
  if (may.kind === 'mayNot') return [`it was let run, although ${may.reason}`];
  const { ruling } = may.ruled;
  return [
    ...(before.again.length > 0 ? [`it was let run, and not asked again: ${before.again.join('; ')}`] : []),
    ...(admitted?.digest === ruling.digest ? [] : ['what was let run is not what was ruled on']),
    ...(isSigned(before, about) ? [] : ['it was let run, and what people signed does not approve it']),
  ];
}

/** Whether the signatures on record say how people decided. A window that passes in silence needs none. */
function isSigned(
  { ruled, settled }: OnRecord,
  about: { readonly workflowId: string; readonly runId: string },
): boolean {
  const kind = settled?.settlement.kind;
  if (!ruled || !settled || (kind !== 'approved' && kind !== 'brokenGlass')) return true;
  const question = questionOn(about, ruled.ruling, { kind: 'waiting', deadline: Number.POSITIVE_INFINITY });
  if (!question) return false;
  const statements = [...settled.votes.map(({ jws }) => jws), settled.breakGlass?.jws ?? []].flat();
  const { ballot, glass } = hearAll(question, statements, settled.at);
  return decided(question.requirement, ballot.votes, glass)?.kind === kind;
}

function wrongEffect(before: OnRecord, { executed }: OnRecord): string[] {
  if (executed?.kind === 'refused') return [];
  const { ruled, admitted } = before;
  if (!ruled) return ['it ran, and nothing had ruled on it'];
  if (!admitted) return ['it ran, and was not let run'];
  return [
    ...(executed?.digest === admitted.digest ? [] : ['what ran is not what was let run']),
    ...(before.executed?.kind === 'done' && executed?.kind === 'done' ? ['it ran twice'] : []),
  ];
}

function wrongEnd({ executed, takenBack, closed }: OnRecord): string[] {
  const outcome = closed?.outcome.kind;
  const stands = executed?.kind === 'done' && takenBack?.kind !== 'done';
  return stands && outcome !== undefined && NOT_RUN.includes(outcome)
    ? [`it ended as ${outcome}, and its effect stands`]
    : [];
}

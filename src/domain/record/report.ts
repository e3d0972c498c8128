import type { OutcomeKind } from '../action/outcome.ts';
import { REPORTED, type Report, type Reported } from '../action/reported.ts';
import type { Installation } from '../installation/installation.ts';
import { requesterSide } from '../installation/requester-side.ts';
import type { ReadEntry } from '../ledger/ledger.ts';
import type { Fault } from '../shared/json.ts';
import { oneOf, partOf, textAt } from '../shared/json-reader.ts';
import type { OnRecord } from './on-record.ts';

/** The body of the entry of a report: the report, and what the person signed. */
export interface ReportedBody extends Omit<Report, 'at'> {
  readonly jws: string;
}

/** Returns the reports about an action, the oldest first. @param entries all entries about the action, in their order */
export const reportsIn = (entries: readonly ReadEntry[]): Report[] =>
  entries.flatMap(({ kind, body, at }) => {
    const person = textAt(body, 'person');
    const found = oneOf(REPORTED, partOf(body, 'found'));
    if (kind !== 'reported' || !person || !found) return [];
    return [{ person, found, reason: textAt(body, 'reason') ?? '', at }];
  });

/** Says what a person reported, as one sentence without the final period. */
export const reportText = ({ person, found, reason }: Report): string =>
  `${person} reported that ${FOUND[found]}: ${reason}`;

const FOUND: Readonly<Record<Reported, string>> = {
  regressed: 'it had regressed after all',
  rollbackWrong: 'the rollback was wrong',
};

/** The outcome that a report is about. */
const ABOUT: Readonly<Record<Reported, OutcomeKind>> = {
  regressed: 'succeeded',
  rollbackWrong: 'rolledBack',
};

/** A report that a person would make, and what it depends on. */
interface Reporting {
  readonly actionId: string;
  readonly person: string;
  readonly found: Reported;
  /** How the action ended. */
  readonly outcome: OutcomeKind;
  /** The reports about that run. */
  readonly earlier: readonly Pick<Report, 'person'>[];
  /** The people who asked for the action: its agent's owners. */
  readonly requester: readonly string[];
  readonly agent: string;
}

/** Returns what speaks against a report on an action that is over; empty when nothing does. The pages offer a report by the same rule. */
export function whyNotReported(reporting: Reporting): readonly Fault[] {
  const { actionId, person, found, outcome, earlier, requester, agent } = reporting;
  if (outcome !== ABOUT[found])
    return fault(
      'found',
      `${actionId} ended ${outcome}, and this report is about actions that ended ${ABOUT[found]}`,
    );
  if (earlier.some((report) => report.person === person))
    return fault('person', `${person} has reported on ${actionId} already`);
  // INVARIANT 4: nobody judges in favour of their own agent.
  return found === 'rollbackWrong' && requester.includes(person)
    ? fault('person', `${person} owns the agent ${agent}: somebody else has to report this`)
    : [];
}

/**
 * Returns what speaks against a report; empty when it counts. Each person reports once on each run of an action.
 *
 * @param record the last run of the action; undefined when it was never ruled on
 * @param earlier the reports about that run
 */
export function reportFaults(
  installation: Installation,
  {
    actionId,
    person,
    found,
  }: { readonly actionId: string; readonly person: string; readonly found: Reported },
  record: OnRecord | undefined,
  earlier: readonly Report[],
): readonly Fault[] {
  const { ruled, closed } = record ?? {};
  if (!ruled) return fault('actionId', `no action ${actionId} is on record`);
  if (!closed)
    return fault(
      'actionId',
      `${actionId} is not over yet: while it runs, "decide ${actionId} revoke" takes it back`,
    );
  const { agent } = ruled.action;
  return whyNotReported({
    actionId,
    person,
    found,
    outcome: closed.outcome.kind,
    earlier,
    requester: requesterSide(installation, agent),
    agent: agent.id,
  });
}

const fault = (where: string, problem: string): readonly Fault[] => [{ where, problem }];

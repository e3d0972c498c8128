import type { Report } from '../../domain/action/reported.ts';
import { demotionByReport } from '../../domain/autonomy/demotion.ts';
import { changesIn } from '../../domain/autonomy/standing.ts';
import { runOf } from '../../domain/ledger/ledger.ts';
import type { CarriedOut, ReportOrder } from '../../domain/orders/order.ts';
import { lastOnRecord } from '../../domain/record/on-record.ts';
import { type ReportedBody, reportFaults, reportsIn } from '../../domain/record/report.ts';
import type { Fault } from '../../domain/shared/json.ts';
import { demotedFact, type StandingDeps, standingFacts } from '../shared/standing.ts';

type ReportDeps = Pick<StandingDeps, 'ledger' | 'installation'>;

export type ReportAnswer =
  | { readonly kind: 'done'; readonly done: CarriedOut }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/** Records what a person signed about an action that was over, and what it costs the agent. Repeating it is harmless. */
export const createReport =
  (deps: ReportDeps) =>
  async (order: ReportOrder, jws: string, handedInAt: number): Promise<ReportAnswer> => {
    const { ledger, installation } = deps;
    const { actionId, person, found, reason } = order;
    const entries = await ledger.entriesOf(actionId);
    const answer = { kind: 'done', done: { kind: 'reported', actionId, found } } as const;
    if (entries.some(({ kind, body }) => kind === 'reported' && Reflect.get(Object(body), 'jws') === jws))
      return answer;
    const record = lastOnRecord(actionId, entries);
    const ofRun = entries.filter((entry) => runOf(entry) === record?.runId);
    const faults = reportFaults(installation, order, record, reportsIn(ofRun));
    const action = record?.ruled?.action;
    if (!record || !action || faults.length > 0) return { kind: 'refused', faults };
    const demotion = demotionByReport(action, order);
    // One action costs one level, however many people report it.
    const facts = demotion ? changesIn(await standingFacts(deps, action.agent.id)) : [];
    if (demotion && !facts.some((fact) => fact.kind === 'demoted' && fact.actionId === actionId))
      await ledger.append(demotedFact({ ...demotion, at: handedInAt }, record.runId));
    const body: ReportedBody = { person, found, reason, jws };
    await ledger.append({
      eventId: `${actionId}/${record.runId}/reported/${person}`,
      actionId,
      kind: 'reported',
      at: Math.min(order.at, handedInAt),
      body: { ...body },
    });
    return answer;
  };

/** Tells what people reported about an action. Changes nothing. */
export const createReports = ({ ledger }: Pick<ReportDeps, 'ledger'>) => ({
  reports: async (actionId: string): Promise<Report[]> => reportsIn(await ledger.entriesOf(actionId)),
});

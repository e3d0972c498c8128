import type { Action } from '../../domain/action/action.ts';
import { needsALook, type Outcome } from '../../domain/action/outcome.ts';
import { membersOf } from '../../domain/installation/directory.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { requesterSide } from '../../domain/installation/requester-side.ts';
import type { CarriedOut, LostOrder } from '../../domain/orders/order.ts';
import { authorityOn, type EntryBodies, lastOnRecord, type OnRecord } from '../../domain/record/on-record.ts';
import { previewIn } from '../../domain/record/preview-on-record.ts';
import { reviewDue } from '../../domain/record/review-due.ts';
import { NOTHING_MEASURED } from '../../domain/record/taken-back-words.ts';
import { type Fault, refusalAt } from '../../domain/shared/json.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { holdAfter, recordOf } from '../closing/close.ts';
import type { EffectResult } from '../ports/executor.ts';
import type { Leases } from '../ports/leases.ts';
import type { Ledger } from '../ports/ledger.ts';
import { type Executors, NO_ROLLBACK, send } from '../shared/send.ts';

export interface LostDeps {
  readonly installation: Installation;
  readonly ledger: Ledger;
  readonly leases: Leases;
  readonly executors: Executors;
}

export type LostAnswer =
  | { readonly kind: 'done'; readonly done: CarriedOut }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/** Carries out what a person signed about a lost action. Repeating it is harmless. */
export function createEndLost({ installation, ledger, leases, executors }: LostDeps) {
  /** Sends the rollback that was part of what was approved. */
  const takeBack = async (record: OnRecord, fencingToken: number, at: number): Promise<EffectResult> => {
    const { actionId, ruled } = record;
    const { rollback } = ruled?.action ?? {};
    if (!rollback) return NO_ROLLBACK;
    const authority = authorityOn(record);
    return send(
      executors,
      rollback,
      { way: 'back', actionId, fencingToken, preview: previewIn(ruled), authority, job: record.jobs.back },
      { began: (job) => began(record, job, at), unwanted: async () => undefined },
    );
  };

  /** Keeps where the job of the rollback is followed, so that the next attempt begins no second one. */
  async function began({ actionId, runId }: OnRecord, job: string, at: number): Promise<void> {
    const body: EntryBodies['begun'] = { way: 'back', attempt: 'order', job };
    const eventId = `${actionId}/${runId}/begun/order/job`;
    await ledger.append({ eventId, actionId, kind: 'begun', at, body });
  }

  async function end(record: OnRecord, outcome: Outcome, at: number): Promise<void> {
    const { ruled, actionId, runId } = record;
    if (!ruled) return;
    const { action } = ruled;
    const review = reviewDue(record) ?? null;
    const hold = needsALook(outcome.kind) ? holdAfter(action, runId, outcome, at) : undefined;
    const body: EntryBodies['closed'] = {
      outcome,
      hold: hold !== undefined,
      record: recordOf(record),
      review,
    };
    await leases.release(
      { action, hold },
      { eventId: `${actionId}/${runId}/closed`, actionId, kind: 'closed', at, body },
    );
  }

  return async (order: LostOrder, jws: string, at: number): Promise<LostAnswer> => {
    const { actionId, person, reason, kind } = order;
    const record = lastOnRecord(actionId, await ledger.entriesOf(actionId));
    const { ruled, lost, closed } = record ?? {};
    if (!record || !ruled || !lost) return refusalAt('actionId', `no action ${actionId} is lost`);
    // An earlier attempt carried the order out, but its result was not reported.
    if (closed) return { kind: 'done', done: { kind: 'lostEnded', actionId, outcome: closed.outcome } };
    const { holder, fencingToken } = await leases.of(ruled.action);
    if (holder !== actionId) return refusalAt('actionId', `${actionId} has its target no more`);
    const faults = entitlementFaults(installation, order, ruled.action);
    if (faults.length > 0) return { kind: 'refused', faults };
    const { runId } = record;
    const why = `${person} ${kind === 'release' ? 'released it' : 'had it taken back'}: ${reason}`;
    if (kind === 'release') {
      const outcome: Outcome = { kind: 'lost', reason: `${lost.reason}; ${why}` };
      await end(record, outcome, at);
      return { kind: 'done', done: { kind: 'lostEnded', actionId, outcome } };
    }
    const { digest } = lost;
    const verdict: EntryBodies['verdict'] & { jws: string } = { why, digest, jws };
    await ledger.append({
      eventId: `${actionId}/${runId}/verdict`,
      actionId,
      kind: 'verdict',
      at,
      body: verdict,
    });
    const result = await takeBack(record, fencingToken, at);
    const summary = result.kind === 'done' ? result.summary : result.reason;
    const body: EntryBodies['takenBack'] = { digest, kind: result.kind, summary };
    const eventId = `${actionId}/${runId}/takenBack/${at}`;
    await ledger.append({ eventId, actionId, kind: 'takenBack', at, body });
    const outcome: Outcome =
      result.kind === 'done'
        ? { kind: 'rolledBack', reason: `${lost.reason}; ${why}; ${NOTHING_MEASURED}` }
        : { kind: 'rollbackFailed', reason: `${lost.reason}; ${why}; taking it back failed: ${summary}` };
    await end({ ...record, takenBack: { ...body, at } }, outcome, at);
    return { kind: 'done', done: { kind: 'lostEnded', actionId, outcome } };
  };
}

/**
 * Why a person may not give this order; empty when they may. INVARIANT 4: the requester's side may not decide that what its agent
 * did stays. The rollback may be ordered by on-call, by the owners of the service, and by those who lift holds.
 */
function entitlementFaults(installation: Installation, { kind, person }: LostOrder, action: Action): Fault[] {
  const { onCall, standing } = installation.rules;
  const lifters = standing?.grantedBy === undefined ? [] : membersOf(installation, standing.grantedBy);
  const owners = membersOf(installation, lookup(installation.services, action.target)?.owner ?? '');
  const onDuty = [...lifters, ...membersOf(installation, onCall), ...owners];
  if (!onDuty.includes(person))
    return [
      fault(
        `${person} may not: it is for on-call, the owners of ${action.target} and people who may lift holds`,
      ),
    ];
  const requesters = requesterSide(installation, action.agent);
  return kind === 'release' && requesters.includes(person)
    ? [fault(`${person} owns the agent ${action.agent.id}: somebody else has to release it`)]
    : [];
}

const fault = (problem: string): Fault => ({ where: 'person', problem });

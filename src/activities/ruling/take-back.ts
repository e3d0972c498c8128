import type { Action, Proposal } from '../../domain/action/action.ts';
import type { CarriedOut, RollbackOrder } from '../../domain/orders/order.ts';
import type { Authorize } from '../../domain/policy/policy.ts';
import { takeBackIdOf } from '../../domain/proposal/resolve-proposal.ts';
import { takeBackProposal, takingBack, type WishOnRecord } from '../../domain/proposal/take-back.ts';
import { lastOnRecord } from '../../domain/record/on-record.ts';
import {
  attemptOf,
  ranWell,
  type TakeBackBody,
  type TakeBackState,
  takeBackFaults,
  takeBacksIn,
  wishesIn,
  wishOnRecord,
} from '../../domain/record/take-back.ts';
import { stops } from '../../domain/ruling/lift-hold.ts';
import { whyNotTakeBack } from '../../domain/ruling/who-takes-back.ts';
import { type Fault, refusalAt } from '../../domain/shared/json.ts';
import type { Holds } from '../ports/holds.ts';
import type { PastActions } from '../ports/past-actions.ts';
import type { ResolvingDeps } from '../shared/resolve-proposal-again.ts';
import { askedOf } from './asked.ts';

export interface TakeBackDeps extends ResolvingDeps {
  readonly authorize: Authorize;
  readonly holds: Pick<Holds, 'list'>;
  readonly pastActions: Pick<PastActions, 'ranSince'>;
}

export type TakeBackAnswer =
  | {
      readonly kind: 'done';
      readonly done: Extract<CarriedOut, { kind: 'takeBackAsked' }>;
      /** The proposal that the wish is: a workflow of its own governs it. */
      readonly proposal: Proposal;
    }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/** What speaks against taking an action back now: who asks, what ran since, and holds. Empty: nothing does, or it takes none back. */
export async function whyNotNow(
  { installation, authorize, ledger, holds, pastActions }: TakeBackDeps,
  { action, proposal }: { readonly action: Action; readonly proposal: Proposal },
  at: number,
): Promise<Fault[]> {
  if (!action.takesBack) return [];
  const { actionId, admittedAt } = action.takesBack;
  const { ruled: ran } = lastOnRecord(actionId, await ledger.entriesOf(actionId)) ?? {};
  if (!ran) return [{ where: 'actionId', problem: `no action ${actionId} is on record` }];
  const subject = { action, proposal, impact: ran.impact, editors: [] };
  const [{ asked }, since, allHolds] = await Promise.all([
    askedOf({ installation, ledger }, subject, at),
    pastActions.ranSince(action, admittedAt),
    holds.list(),
  ]);
  const whyNot = whyNotTakeBack(installation, authorize, asked, ran.action);
  return [
    ...(whyNot === undefined ? [] : [{ where: 'person', problem: whyNot }]),
    ...takeBackFaults({ since, holds: allHolds.filter((hold) => stops(hold, action, false)) }),
  ];
}

/**
 * Records that a person wants an action taken back, and returns the proposal that follows. As long as an earlier wish about the action is not
 * over, that one stands: asking twice is one action.
 */
export const createAskTakeBack =
  (deps: TakeBackDeps) =>
  async (order: RollbackOrder, jws: string, handedInAt: number): Promise<TakeBackAnswer> => {
    const { installation, checkParams, ledger } = deps;
    const { actionId, person, reason, digest } = order;
    const entries = await ledger.entriesOf(actionId);
    const record = lastOnRecord(actionId, entries);
    const last = wishesIn(entries).at(-1);
    const attempt = last && attemptOf(lastOnRecord(last.by, await ledger.entriesOf(last.by)));
    if (last && (last.jws === jws || attempt === 'open')) {
      const read = wishOnRecord(installation, actionId, last.by, record, entries);
      return read.kind === 'refused' ? read : answerFor(read.wish);
    }
    const ran = ranWell(actionId, record);
    if (ran.kind === 'refused') return ran;
    if (!record || ran.digest !== digest)
      return refusalAt('digest', `is ${digest}, what ran has ${ran.digest}: look at it again`);
    if (last && attempt === 'done')
      return refusalAt('actionId', `${actionId} was taken back already, by ${last.by}`);
    const wish: WishOnRecord = {
      actionId,
      attempt: (last?.attempt ?? 0) + 1,
      jws,
      person,
      reason,
      ran: ran.action,
      digest,
      admittedAt: ran.admittedAt,
    };
    const resolution = takingBack(installation, wish, checkParams);
    if (resolution.kind === 'refused') return resolution;
    const faults = await whyNotNow(deps, resolution, handedInAt);
    if (faults.length > 0) return { kind: 'refused', faults };
    const body: TakeBackBody = { by: takeBackIdOf(wish), attempt: wish.attempt, person, reason, jws };
    await ledger.append({
      eventId: `${actionId}/${record.runId}/takeBackAsked/${wish.attempt}`,
      actionId,
      kind: 'takeBackAsked',
      at: Math.min(order.at, handedInAt),
      body,
    });
    return answerFor(wish);
  };

/** Tells what taking an action back rests on. Changes nothing. */
export const createTakeBacks = ({ ledger }: Pick<TakeBackDeps, 'ledger'>) => ({
  takeBacks: async (actionId: string): Promise<TakeBackState> => {
    const entries = await ledger.entriesOf(actionId);
    const ran = ranWell(actionId, lastOnRecord(actionId, entries));
    return { ...(ran.kind === 'ran' ? { digest: ran.digest } : {}), asked: takeBacksIn(entries) };
  },
});

const answerFor = (wish: WishOnRecord): TakeBackAnswer => {
  const { actionId, person } = wish;
  return {
    kind: 'done',
    done: { kind: 'takeBackAsked', actionId, by: takeBackIdOf(wish), person },
    proposal: takeBackProposal(wish),
  };
};

import type { BrokenGlass } from '../domain/approval/interventions.ts';
import type { Vote } from '../domain/approval/requirement.ts';
import type { Settlement } from '../domain/approval/settlement.ts';
import type { EntryBodies } from '../domain/record/on-record.ts';
import { type RuledToAsk, settling } from '../domain/record/settle-on-record.ts';
import { digestOf } from '../domain/shared/digest.ts';
import type { HandedIn } from './ports/handed-in.ts';
import { type Case, caseOf, notOnRecord, type StepDeps, unruled } from './shared/step.ts';

export interface SettleInput {
  /** What people signed while they were waited for (compact JWS): votes, withdrawals, acknowledgements. */
  readonly statements: readonly string[];
  /** When people had decided, or their time was over, as the workflow saw it: milliseconds since the epoch. */
  readonly decidedAt: number;
}

export type Settled =
  | {
      readonly kind: 'settled';
      readonly settlement: Settlement;
      readonly votes: readonly Vote[];
      readonly breakGlass?: BrokenGlass | undefined;
    }
  | {
      readonly kind: 'open';
      /** Until when people can still decide: milliseconds since the epoch. */
      readonly deadline: number;
      /** Statements that were brought and do not count. */
      readonly refused: readonly { readonly jws: string; readonly reason: string }[];
    };

export interface SettleDeps extends StepDeps {
  readonly handedIn: HandedIn;
}

export function createSettle(deps: SettleDeps) {
  const { ledger, handedIn } = deps;
  return {
    /**
     * Settles how people decided, by their signatures and by what they were told and when. INVARIANTS 1, 3, 5, 9, 14: the
     * settlement is in the ledger before anything runs on it. It is made here, not in the workflow: the workflow can bring
     * statements, but cannot leave out one that was handed in to us.
     *
     * A workflow that names an earlier time only makes its own permission expire sooner.
     */
    settle: async ({ statements, decidedAt }: SettleInput): Promise<Settled> => {
      const caseNow = await caseOf(deps);
      const { record, actionId, runId, workflowId, at } = caseNow;
      if (record.settled) {
        const { settlement, votes, breakGlass } = record.settled;
        return { kind: 'settled', settlement, votes, breakGlass };
      }
      const { ruled, told } = ruledAndToldIn(caseNow);
      const allStatements = [...(await handedIn.of(workflowId)), ...statements];
      const conclusion = settling({ ruled, told }, { workflowId, runId }, allStatements, at);
      const { ballot, glass: breakGlass, refused } = conclusion.heard;
      if (conclusion.kind === 'open') return { kind: 'open', deadline: conclusion.deadline, refused };
      const { settlement } = conclusion;
      const { votes } = ballot;
      const { digest } = ruled.ruling;
      const body: EntryBodies['settled'] = {
        digest,
        settlement,
        votes,
        breakGlass,
        since: Math.min(at, decidedAt),
      };
      await ledger.append({
        eventId: `${actionId}/${runId}/settled/${digestOf(digest).slice(0, 12)}`,
        actionId,
        kind: 'settled',
        at,
        body,
      });
      return { kind: 'settled', settlement, votes, breakGlass };
    },
  };
}

/**
 * The ruling that people are asked about, and what they were told. @throws ApplicationFailure `NotOnRecord` where people are not
 * waited for
 */
function ruledAndToldIn(caseNow: Case) {
  const { ruled, told, again } = caseNow.record;
  if (!ruled) throw unruled(caseNow);
  if (again.length > 0 || ruled.ruling.kind === 'forbid' || !('route' in ruled.ruling))
    throw notOnRecord('people are not waited for');
  const ruling: RuledToAsk = ruled.ruling;
  return { told, ruled: { ruling, at: ruled.at } };
}

import type { Outcome } from '../domain/action/outcome.ts';
import type { ReviewResult } from '../domain/approval/review-result.ts';
import type { PinnedGateway } from '../domain/approval/signing-gateway.ts';
import { demotionByReview } from '../domain/autonomy/demotion.ts';
import { reportsIn } from '../domain/record/report.ts';
import { type ReviewOnRecord, reviewing, reviewOn } from '../domain/record/review-on-record.ts';
import type { Review } from '../domain/ruling/mode.ts';
import type { HandedIn } from './ports/handed-in.ts';
import type { Reviews } from './ports/reviews.ts';
import { demotedFact } from './shared/standing.ts';
import { type Case, caseOf, notOnRecord, type StepDeps } from './shared/step.ts';

/** What there is to review, and until when. Times in milliseconds since the epoch. */
export interface ReviewDue {
  readonly actionId: string;
  /** The run of the workflow in which the review was opened. Reviewers sign about that run. */
  readonly runId: string;
  readonly title: string;
  readonly installation: string;
  readonly digest: string;
  readonly outcome: Outcome;
  readonly review: Review;
  readonly gateway?: PinnedGateway | undefined;
  readonly openedAt: number;
  readonly dueAt: number;
  readonly openUntil: number;
}

export type ReviewConclusion =
  | { readonly kind: 'concluded'; readonly result: ReviewResult; readonly openUntil?: number | undefined }
  | { readonly kind: 'open'; readonly until: number };

export interface ReviewDeps extends StepDeps {
  readonly reviews: Reviews;
  readonly handedIn: HandedIn;
  readonly now: () => number;
}

/** Opens and concludes reviews. INVARIANT 13: the ledger says what a review is; its workflow only brings signed statements. */
export function createReview(deps: ReviewDeps) {
  const { ledger, handedIn, now } = deps;
  return {
    /** Opens the review of an action for somebody who wants to see it. Returns whether there is one. */
    startReview: (actionId: string): Promise<boolean> => openDueReview(deps, actionId),

    /** What is to be reviewed. Raises `NotOnRecord` where nothing is. */
    openReview: async (): Promise<ReviewDue> => {
      const caseNow = await caseOf(deps, 'review');
      const { ruled, outcome, review, openedAt, dueAt, openUntil } = dueOn(caseNow);
      const { action, ruling } = ruled;
      return {
        actionId: action.id,
        runId: caseNow.runId,
        title: action.title,
        digest: ruling.digest,
        outcome,
        review,
        installation: ruling.installation,
        gateway: ruling.gateway,
        openedAt,
        dueAt,
        openUntil,
      };
    },

    /**
     * Records the result of a review, once, and what it costs the agent.
     *
     * @param statements what reviewers signed (compact JWS)
     */
    concludeReview: async (statements: readonly string[]): Promise<ReviewConclusion> => {
      const caseNow = await caseOf(deps, 'review');
      const { actionId, workflowId, runId, at } = caseNow;
      const dueReview = dueOn(caseNow);
      if (dueReview.concluded?.final) return { kind: 'concluded', result: dueReview.concluded.result };
      const allStatements = [...(await handedIn.of(workflowId)), ...statements];
      const conclusion = reviewing(dueReview, { workflowId, runId }, allStatements, at);
      if (conclusion.kind === 'open') return conclusion;
      const { result, votes, openUntil } = conclusion;
      const demotion = demotionByReview(
        dueReview.ruled.action,
        dueReview.outcome,
        result,
        reportsIn(caseNow.entries).map(({ found }) => found),
      );
      if (demotion) await ledger.append(demotedFact({ ...demotion, at: now() }, runId));
      const idSuffix = dueReview.concluded ? '/2' : '';
      await ledger.append({
        eventId: `${actionId}/${runId}/reviewed${idSuffix}`,
        actionId,
        kind: 'reviewed',
        at,
        body: { result, votes, openUntil },
      });
      return { kind: 'concluded', result, openUntil };
    },
  };
}

/** Opens the review of an action where one is due by the ledger. Returns whether there is one. */
export async function openDueReview(
  { ledger, reviews }: Pick<ReviewDeps, 'ledger' | 'reviews'>,
  actionId: string,
): Promise<boolean> {
  const dueReview = reviewOn(actionId, await ledger.entriesOf(actionId));
  if (!dueReview || dueReview.concluded?.final) return false;
  await reviews.open(dueReview.ruled);
  return true;
}

/** The review that is due for an action. @throws ApplicationFailure `NotOnRecord` where none is */
export function dueOn({ actionId, entries }: Case): ReviewOnRecord {
  const dueReview = reviewOn(actionId, entries);
  if (!dueReview) throw notOnRecord(`no review of ${actionId} is due`);
  return dueReview;
}

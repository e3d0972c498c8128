import { ApplicationFailure } from '@temporalio/activity';
import { hearAll } from '../domain/approval/count-statements.ts';
import { PROCEEDING } from '../domain/approval/settlement.ts';
import { type Tally, tallyOf } from '../domain/approval/vote-tally.ts';
import { holdSuffix } from '../domain/attention/anomaly-rules.ts';
import type { Delivery, Means } from '../domain/escalation/route.ts';
import { type Addressed, type Announcement, address } from '../domain/record/announcement.ts';
import type { EntryBodies, OnRecord } from '../domain/record/on-record.ts';
import { type Reminder, remindOf } from '../domain/record/review-on-record.ts';
import { questionOn } from '../domain/ruling/open-question.ts';
import { nameAt, textAt } from '../domain/shared/json-reader.ts';
import type { Channel, Message, Pager, SendResult } from './ports/channels.ts';
import type { HandedIn } from './ports/handed-in.ts';
import { dueOn } from './review.ts';
import { failure } from './shared/failure.ts';
import { type Case, caseOf, notOnRecord, type StepDeps } from './shared/step.ts';

/** What a channel said of a message that it accepted. */
type Sent = Pick<Extract<SendResult, { kind: 'delivered' }>, 'detail' | 'ref'>;

export interface NotifyInput {
  readonly announcement: Announcement;
  /** What people signed so far (compact JWS). It shows who is looking at the action, and who approved it. */
  readonly statements?: readonly string[] | undefined;
}

export interface NotifyDeps extends StepDeps {
  readonly mail: Channel;
  readonly pager: Pager;
  readonly slack?: Channel | undefined;
  readonly webhook?: Channel | undefined;
  readonly handedIn: HandedIn;
}

/** What every message about an action says. */
export const aboutIt = (
  { workflowId, runId }: Pick<Case, 'workflowId' | 'runId'>,
  { action, impact, ruling, findings, background, proposal }: EntryBodies['ruled'],
  { kind, step, deadline }: Pick<Addressed, 'kind' | 'step' | 'deadline'>,
) => ({
  kind,
  step,
  workflowId,
  runId,
  proposal,
  action,
  impact,
  ruling,
  findings,
  background,
  deadline,
});

/** A message that its channel took over, as the record keeps it. */
export const deliveryOf = ({ step, by, whom, people, to, aside }: Addressed, acceptance: Sent): Delivery => ({
  step,
  by,
  whom,
  people,
  delivered: true,
  ...acceptance,
  ...(to === undefined ? {} : { to }),
  ...(aside ? { aside } : {}),
});

export function createNotify(deps: NotifyDeps) {
  const { mail, pager, slack, webhook, ledger, handedIn } = deps;
  const channels: Readonly<Record<Means, Channel | undefined>> = { mail, page: pager, slack, webhook };

  /** Sends a message unless it was already sent, and records that it arrived. */
  async function tell(
    caseNow: Pick<Case, 'actionId' | 'runId' | 'at' | 'record'>,
    message: Message,
    addressed: Addressed,
  ) {
    const { actionId, runId, at, record } = caseNow;
    const { step, by, people, to, ref } = addressed;
    const earlierDelivery = record.told.find((delivery) => delivery.step === step && delivery.by === by);
    if (earlierDelivery) return earlierDelivery;
    const channel = channels[by];
    if (!channel) throw failure('NotDeliverable', `this worker is told of no ${by}: see channels.${by}`);
    const acceptance = delivered(await channel.send(message, people, { to, ref }));
    const delivery = deliveryOf(addressed, acceptance);
    const asksToKeep = addressed.kind === 'inconclusive' && by === 'mail';
    const keepUntil = asksToKeep ? addressed.deadline : undefined;
    const body: EntryBodies['told'] = {
      deliveries: [delivery],
      ...(keepUntil === undefined ? {} : { keepUntil }),
    };
    const eventId = `${actionId}/${runId}/told/${record.rulings}/${step}`;
    await ledger.append({ eventId, actionId, kind: 'told', at, body });
    return delivery;
  }

  return {
    /**
     * Sends the message that is due, once. INVARIANTS 12, 13: who is told what follows from the ledger; the workflow only says
     * which message is due. Raises a retryable failure while the channel is down.
     */
    notify: async ({ announcement, statements = [] }: NotifyInput): Promise<Delivery> => {
      const caseNow = await caseOf(deps);
      const { record, workflowId, runId, at, actionId } = caseNow;
      const { ruled } = record;
      const allStatements = [...(await handedIn.of(workflowId)), ...statements];
      const anomaly =
        announcement.kind === 'anomaly' ? await anomalyOf(announcement.holdId, actionId, runId) : undefined;
      const addressing = address(record, announcement, {
        about: { workflowId, runId },
        statements: allStatements,
        anomaly,
        now: at,
      });
      if (addressing.kind === 'refused' || !ruled)
        throw notOnRecord(addressing.kind === 'refused' ? addressing.reason : 'it is not ruled on');
      const { addressed } = addressing;
      const { said, settlement, outcome } = addressed;
      const standing = standingBy(record, { workflowId, runId }, allStatements, at);
      const message = { ...aboutIt(caseNow, ruled, addressed), said, settlement, outcome, standing };
      return tell(caseNow, message, addressed);
    },

    /** Tells reviewers, or on-call, of a review that nobody made yet. */
    remind: async (reminder: Reminder): Promise<Delivery> => {
      const caseNow = await caseOf(deps, 'review');
      const dueReview = dueOn(caseNow);
      const addressing = remindOf(dueReview, reminder, caseNow.at);
      if (addressing.kind === 'refused') throw notOnRecord(addressing.reason);
      const { addressed } = addressing;
      const message = { ...aboutIt(caseNow, dueReview.ruled, addressed), outcome: dueReview.outcome };
      return tell(caseNow, message, addressed);
    },

    /** Resolves the page that told on-call of a review, once nobody waits for the review any more. */
    resolveReviewPage: async (): Promise<Sent> => {
      const caseNow = await caseOf(deps, 'review');
      if (!dueOn(caseNow).concluded?.final && caseNow.at < dueOn(caseNow).openUntil)
        throw notOnRecord('the review is still open');
      return delivered(await pager.resolve(caseNow.actionId));
    },

    /** Resolves the page of an action once those who were paged have nothing left to do. */
    resolvePage: async ({ to }: { readonly to?: string | undefined }): Promise<Sent> => {
      const { record, actionId } = await caseOf(deps);
      if (!mayResolve(record)) throw notOnRecord('somebody still has to act on this page');
      return delivered(await pager.resolve(actionId, to));
    },
  };

  /** The anomaly that was found when this action ended, by the hold that was placed for it. */
  async function anomalyOf(holdId: string, actionId: string, runId: string) {
    if (!holdId.endsWith(holdSuffix(actionId, runId))) return undefined;
    const placement = (await ledger.entriesOf(holdId)).find(({ kind }) => kind === 'holdPlaced');
    const rule = nameAt(placement?.body, 'order', 'rule');
    const reason = textAt(placement?.body, 'order', 'reason');
    return rule && reason ? { rule, person: nameAt(placement?.body, 'order', 'person'), reason } : undefined;
  }
}

/** Where the approvals stand, by what people signed. Undefined where none are asked for. */
function standingBy(
  { ruled }: OnRecord,
  about: { readonly workflowId: string; readonly runId: string },
  statements: readonly string[],
  now: number,
): Tally | undefined {
  if (!ruled || !('requirement' in ruled.ruling)) return undefined;
  const question = questionOn(about, ruled.ruling, { kind: 'waiting', deadline: Number.POSITIVE_INFINITY });
  return question && tallyOf(ruled.ruling.requirement, hearAll(question, statements, now).ballot.votes);
}

/**
 * Whether a page may be resolved. The page of a tier-2 action stands until the action is closed; a page that asked for a decision
 * stands until the action is settled or asks anew.
 */
function mayResolve({ ruled, told, settled, closed, again }: OnRecord): boolean {
  if (closed || again.length > 0) return true;
  const isProceeding = told.some(({ step }) => step === PROCEEDING);
  if (settled) return settled.settlement.kind !== 'proceed';
  return ruled !== undefined && !isProceeding;
}

/** What the channel said of a delivered message. @throws ApplicationFailure `NotDeliverable`, not retryable where the channel refused it */
export function delivered(result: SendResult): Sent {
  switch (result.kind) {
    case 'delivered': {
      const { detail, ref } = result;
      return ref === undefined ? { detail } : { detail, ref };
    }
    case 'refused':
      throw failure('NotDeliverable', result.reason);
    case 'unavailable':
      throw ApplicationFailure.create({ type: 'NotDeliverable', message: result.reason });
  }
}

import { type NeedsALook, needsALook, type Outcome } from '../action/outcome.ts';
import { hear } from '../approval/count-statements.ts';
import { peopleIn } from '../approval/requirement.ts';
import { PROCEEDING, type Settlement } from '../approval/settlement.ts';
import type { Question } from '../approval/verify-decision.ts';
import type { Means } from '../escalation/route.ts';
import { questionOn } from '../ruling/open-question.ts';
import type { Ruling } from '../ruling/ruling.ts';
import { digestOf } from '../shared/digest.ts';
import type { OnRecord } from './on-record.ts';
import { type RuledToAsk, type WaitingOnRecord, wayWalked } from './settle-on-record.ts';
import { healthOf, keepDeadlineOf } from './watch-on-record.ts';

/** The step name of the page that says that a rollback failed, or was not verified. */
export const END_PAGE = 'end-page';

export type MessageKind =
  | 'approvalRequested'
  | 'windowOpened'
  | 'proceeding'
  | 'inconclusive'
  | 'settled'
  | 'recommended'
  | 'rolledBack'
  | 'rollbackFailed'
  | 'rollbackUnverified'
  | 'targetHeld'
  | 'closed'
  | 'reviewDue'
  | 'reviewOverdue'
  | 'questionAsked'
  | 'edited'
  | 'glassBroken'
  | 'revoked'
  | 'anomaly'
  | 'lost'
  | 'differs';

/** The next message about an action. */
export type Announcement =
  /** The step of the route with this name, for example `route-1`. */
  | { readonly kind: 'asked'; readonly name: string }
  /** The page to on-call that says that nobody objected and the action proceeds. */
  | { readonly kind: 'proceeding' }
  /** The message that says how the action was settled, to the people whom the message of this step asked. */
  | { readonly kind: 'settled'; readonly of: string }
  | { readonly kind: 'recommended' }
  /** The watch could not tell whether the action did harm: people are asked whether to keep it. */
  | { readonly kind: 'inconclusive'; readonly by: 'mail' | 'page' }
  /** A person's signed question to the agent. */
  | { readonly kind: 'questionAsked'; readonly jws: string }
  | { readonly kind: 'edited' }
  | { readonly kind: 'glassBroken' }
  | { readonly kind: 'ended'; readonly by: 'mail' | 'page' }
  /** A mail about the hold that was placed when the action ended. */
  | { readonly kind: 'anomaly'; readonly holdId: string };

/** A message with its addressees. */
export interface Addressed {
  readonly kind: MessageKind;
  /** Stable within the action, so that a repeated message is recognised as the same one. */
  readonly step: string;
  readonly by: Means;
  readonly whom: string;
  readonly people: readonly string[];
  /** The pager to use, as a step of a route names it. Absent: on-call's. */
  readonly to?: string | undefined;
  /** The reference of an earlier message that this one updates. */
  readonly ref?: string | undefined;
  /** The message is not part of the route, so its delivery does not count as asking people. */
  readonly aside?: true | undefined;
  /** Milliseconds since the epoch, when an answer is expected. */
  readonly deadline?: number | undefined;
  /** What a person said or did, in one sentence. The agent wrote none of it. */
  readonly said?: string | undefined;
  readonly settlement?: Settlement | undefined;
  readonly outcome?: Outcome | undefined;
}

export type Addressing =
  | { readonly kind: 'addressed'; readonly addressed: Addressed }
  /** The ledger contains nothing that this message could say. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The facts that are not in the record of the action. */
export interface Besides {
  readonly about: Pick<Question, 'workflowId' | 'runId'>;
  /** The statements that people signed so far (compact JWS). */
  readonly statements: readonly string[];
  /** The anomaly whose hold is announced, if that hold was placed for this action. */
  readonly anomaly?:
    | { readonly rule: string; readonly person?: string | undefined; readonly reason: string }
    | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Decides from the record alone who is told what. INVARIANTS 12, 13: a workflow says which message is due; its content, its addressees and
 * its truth come from the ledger.
 */
export function address(record: OnRecord, announcement: Announcement, context: Besides): Addressing {
  const { ruled, settled, closed } = record;
  if (!ruled) return refusal('it is not ruled on');
  const { owners, onCall, requester } = ruled.ruling.people;
  switch (announcement.kind) {
    case 'asked':
    case 'proceeding': {
      const waitingRecord = waitingIn(record);
      if (!waitingRecord) return refusal('people are not waited for');
      return announcement.kind === 'asked'
        ? ask(record, waitingRecord, announcement.name, context)
        : proceed(waitingRecord, onCall, context);
    }
    case 'settled':
      return settled
        ? tellSettled(record, settled.settlement, announcement.of)
        : refusal('it is not settled');
    case 'recommended':
      if (ruled.ruling.kind === 'forbid' || ruled.ruling.mode !== 'recommend')
        return refusal('it is not only recommended');
      return addressed({
        kind: 'recommended',
        step: 'recommended',
        by: 'mail',
        whom: 'owners',
        people: owners,
      });
    case 'inconclusive':
      return askToKeep(record, announcement.by, context.now);
    case 'questionAsked':
      return tellQuestion(record, announcement.jws, context);
    case 'edited': {
      const edit = record.edits.at(-1);
      if (!edit || record.again.length > 0) return refusal('it was not edited, or not ruled on since');
      return addressed({
        kind: 'edited',
        step: `edited-${edit.revision}`,
        by: 'mail',
        whom: 'requester, those who had decided and those who decide now',
        people: [...new Set([...record.voters, ...requester, ...deciding(ruled.ruling)])],
        aside: true,
        said: `${edit.by} edited it: ${edit.reason}`,
      });
    }
    case 'glassBroken':
      return settled?.settlement.kind === 'brokenGlass'
        ? tellPassedOver(ruled.ruling, settled.settlement, owners)
        : refusal('nobody broke the glass');
    case 'ended':
      return closed ? tellEnd(record, closed.outcome, announcement.by) : refusal('it is not closed');
    case 'anomaly': {
      const { anomaly } = context;
      if (!anomaly) return refusal(`no hold ${announcement.holdId} was placed for it`);
      return addressed({
        kind: 'anomaly',
        step: `anomaly/${anomaly.rule}/${anomaly.person ?? 'proposals'}`,
        by: 'mail',
        whom: 'on-call',
        people: onCall,
        said: anomaly.reason,
        outcome: closed?.outcome,
      });
    }
  }
}

/** The people who are asked to decide, by name. */
const deciding = (ruling: Ruling) => ('requirement' in ruling ? peopleIn(ruling.requirement) : []);

/** Returns the record of an action that waits for people; undefined when it does not wait. */
function waitingIn(record: OnRecord): WaitingOnRecord | undefined {
  const { ruled, told, settled } = record;
  if (!ruled || settled || ruled.ruling.kind === 'forbid' || !('route' in ruled.ruling)) return undefined;
  return { told, ruled: { ruling: ruled.ruling, at: ruled.at } };
}

/** Addresses the message of a route step, once the step is due. */
function ask(
  { round }: OnRecord,
  waitingRecord: WaitingOnRecord,
  name: string,
  { about, statements, now }: Besides,
): Addressing {
  const way = wayWalked(waitingRecord, about, statements, now);
  const tell = way.tells.find((candidate) => candidate.name === name);
  if (!tell || tell.at > now) return refusal(`no step ${name} of its route is due`);
  if (tell.people.length === 0) return refusal('nobody is on call');
  const { by, whom, to } = tell.step;
  return addressed({
    kind: waitingRecord.ruled.ruling.route.onSilence === 'proceed' ? 'windowOpened' : 'approvalRequested',
    step: round === 1 ? name : `round-${round}/${name}`,
    by,
    whom,
    people: tell.people,
    to,
    deadline: way.deadline,
  });
}

/** INVARIANT 5: the message that silence lets the action proceed is not sent before silence may do so. */
function proceed(
  waitingRecord: WaitingOnRecord,
  onCall: readonly string[],
  { about, statements, now }: Besides,
): Addressing {
  const { deadline } = wayWalked(waitingRecord, about, statements, now);
  if (waitingRecord.ruled.ruling.route.onSilence !== 'proceed')
    return refusal('silence does not let it proceed');
  if (now < deadline) return refusal('people can still decide');
  return addressed({
    kind: 'proceeding',
    step: PROCEEDING,
    by: 'page',
    whom: 'on-call',
    people: onCall,
    deadline,
  });
}

/**
 * Addresses the message about the settlement. A message that can be changed is updated, other channels get one new message each, and by
 * mail it goes to the people who were asked and did not decide.
 */
function tellSettled({ told }: OnRecord, settlement: Settlement, askedStep: string): Addressing {
  const askedDeliveries = told.filter(({ aside }) => !aside);
  const message = askedDeliveries.find(({ step }) => step === askedStep);
  if (!message) return refusal(`nobody was asked by a message ${askedStep}`);
  const { by, whom, ref, people = [] } = message;
  const addressing = { kind: 'settled', step: `${askedStep}/settled`, by, settlement } as const;
  if (by !== 'mail') return addressed({ ...addressing, whom, people, ref });
  const deciders = 'by' in settlement ? [settlement.by].flat() : [];
  const mailedPeople = askedDeliveries
    .filter((delivery) => delivery.by === 'mail')
    .flatMap((delivery) => delivery.people ?? []);
  return addressed({
    ...addressing,
    whom: 'those who were asked',
    people: [...new Set(mailedPeople)].filter((person) => !deciders.includes(person)),
  });
}

/** The step name of the mail that asks whether to keep an effect. */
const KEEP_STEP = 'inconclusive';

/** Asks those who decide on the action whether to keep its effect, and pages on-call. */
function askToKeep(record: OnRecord, by: 'mail' | 'page', now: number): Addressing {
  const { ruled } = record;
  const deadline = keepDeadlineOf(record);
  const health = healthOf(record);
  if (!ruled || deadline === undefined || now >= deadline || health?.kind !== 'inconclusive')
    return refusal('nobody is asked whether to keep it');
  const { owners, onCall } = ruled.ruling.people;
  const keepers = keepersIn(ruled.ruling);
  // Each extension of the watch asks anew.
  const round = record.extended.length === 0 ? '' : `-${record.extended.length + 1}`;
  const message = { kind: 'inconclusive', deadline, said: health.reason, aside: true } as const;
  return addressed(
    by === 'page'
      ? { ...message, step: `${KEEP_STEP}-page${round}`, by, whom: 'on-call', people: onCall }
      : {
          ...message,
          step: `${KEEP_STEP}${round}`,
          by,
          whom: 'owners and those who decide',
          people: [...new Set([...keepers, ...owners])],
        },
  );
}

/** The people who may keep an effect: those who may approve the action, or review it. */
export function keepersIn(ruling: Ruling): readonly string[] {
  if (ruling.kind === 'forbid' || ruling.mode === 'recommend') return [];
  return peopleIn('requirement' in ruling ? ruling.requirement : ruling.review.requirement);
}

/** INVARIANT 12: a person's question is their own signed words, so the caller cannot change it. */
function tellQuestion({ ruled }: OnRecord, jws: string, { about, now }: Besides): Addressing {
  const question =
    ruled && questionOn(about, ruled.ruling, { kind: 'waiting', deadline: Number.POSITIVE_INFINITY });
  const judgement = question && hear(question, { jws }, now);
  if (judgement?.kind !== 'said' || judgement.statement.verdict !== 'ask')
    return refusal('it is no question of an approver');
  const { person, reason = '' } = judgement.statement;
  const id = questionId(jws);
  return addressed({
    kind: 'questionAsked',
    step: `question-${id}`,
    by: 'mail',
    whom: 'requester',
    people: ruled?.ruling.people.requester ?? [],
    aside: true,
    said: `${person} asks (question ${id}): ${reason}`,
  });
}

/** Returns the id of a question; a copy of the statement has the same id. @param jws the statement as signed */
export const questionId = (jws: string): string => digestOf(jws).slice(0, 12);

function tellPassedOver(
  ruling: NonNullable<OnRecord['ruled']>['ruling'],
  { by, reason, incident }: Extract<Settlement, { kind: 'brokenGlass' }>,
  owners: readonly string[],
): Addressing {
  const { requirement, route } = ruling as RuledToAsk;
  const onRoute = route.steps.flatMap((step) => ('people' in step ? step.people : []));
  const peopleToTell = [...peopleIn(requirement), ...onRoute, ...owners];
  return addressed({
    kind: 'glassBroken',
    step: 'glass-broken',
    by: 'mail',
    whom: 'everybody who was passed over',
    people: [...new Set(peopleToTell)].filter((person) => person !== by),
    aside: true,
    said: `${by} broke the glass for ${incident}: ${reason}`,
  });
}

/** The page to on-call about a rollback that failed, or that was not verified. */
export const endPage = (
  onCall: readonly string[],
  outcome: Outcome & { readonly kind: NeedsALook },
): Addressed => ({
  kind: outcome.kind,
  step: END_PAGE,
  by: 'page',
  whom: 'on-call',
  people: onCall,
  outcome,
});

function tellEnd({ ruled, settled }: OnRecord, outcome: Outcome, by: 'mail' | 'page'): Addressing {
  const { owners = [], onCall = [], requester = [] } = ruled?.ruling.people ?? {};
  const { kind } = outcome;
  if (by === 'page') {
    if (!needsALook(kind)) return refusal(`nobody is paged of what ended ${kind}`);
    return { kind: 'addressed', addressed: endPage(onCall, { ...outcome, kind }) };
  }
  // The approvers are told, like the owners, that the action which they permitted failed.
  const deciders = [...(settled?.votes ?? []).map(({ person }) => person), ...brokenBy(settled?.settlement)];
  const people = [...new Set([...owners, ...requester, ...deciders])];
  const endMail = {
    step: 'end',
    by,
    whom: 'owners, requester and those who decided',
    people,
    outcome,
  } as const;
  switch (kind) {
    case 'rolledBack':
    case 'rollbackFailed':
    case 'rollbackUnverified':
    case 'revoked':
      return addressed({ ...endMail, kind });
    case 'failed':
      return addressed({ ...endMail, kind: 'closed' });
    default:
      return refusal(`nobody is mailed of what ended ${kind}`);
  }
}

const brokenBy = (settlement: Settlement | undefined) =>
  settlement?.kind === 'brokenGlass' ? [settlement.by] : [];

const addressed = (message: Addressed): Addressing => ({ kind: 'addressed', addressed: message });
const refusal = (reason: string): Addressing => ({ kind: 'refused', reason });

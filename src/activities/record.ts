import { hear } from '../domain/approval/count-statements.ts';
import type { DecisionStatement } from '../domain/approval/decision-statement.ts';
import { readDecision } from '../domain/approval/parse-decision.ts';
import { questionId } from '../domain/record/announcement.ts';
import type { EntryBodies } from '../domain/record/on-record.ts';
import { keepDeadlineOf, nextCheckOn } from '../domain/record/watch-on-record.ts';
import { questionOn, type Stage } from '../domain/ruling/open-question.ts';
import { digestOf } from '../domain/shared/digest.ts';
import type { Fact } from './ports/ledger.ts';
import { type Case, caseOf, notOnRecord, type StepDeps } from './shared/step.ts';

export function createRecord(deps: StepDeps) {
  return {
    /**
     * Records what a person signed, before anything follows from it: a vote, a withdrawn vote, a question, a revocation, or that an
     * effect is kept.
     * INVARIANT 3: the statement is judged here anew.
     *
     * @param jws the signed statement
     */
    record: async (jws: string): Promise<void> => {
      const caseNow = await caseOf(deps);
      // An earlier attempt has recorded it, and people are asked no more.
      if (caseNow.record.extended.some((extension) => extension.jws === jws)) return;
      // Something from outside ended the watch at that moment: nobody can keep the effect any more, or have the watch go on.
      if (caseNow.record.aborted && ['keep', 'extend'].includes(readDecision({ jws })?.claimed.verdict ?? ''))
        return;
      const statement = statementIn(caseNow, jws);
      // Only the first revocation stops the action.
      if (statement.verdict === 'revoke' && caseNow.record.revoked) return;
      const fact = factOf(caseNow, statement, jws);
      if (!fact) throw notOnRecord(`${statement.verdict} is no fact by itself`);
      await deps.ledger.append(fact);
    },
  };
}

function factOf(
  { record, actionId, runId, at }: Case,
  statement: DecisionStatement,
  jws: string,
): Fact | undefined {
  const { digest, person, verdict, decidedAt, reason = '' } = statement;
  const id = digestOf(jws).slice(0, 16);
  switch (verdict) {
    case 'approve':
    case 'deny':
    case 'withdraw': {
      const body: EntryBodies['voted'] = { digest, person, verdict, decidedAt, jws };
      return { eventId: `${actionId}/${runId}/voted/${id}`, actionId, kind: 'voted', at, body };
    }
    case 'revoke':
      return {
        eventId: `${actionId}/${runId}/revoked`,
        actionId,
        kind: 'revoked',
        at,
        body: { by: person, reason, at: decidedAt, jws, digest },
      };
    case 'keep':
      return {
        eventId: `${actionId}/${runId}/kept`,
        actionId,
        kind: 'kept',
        at,
        body: { by: person, reason, at: decidedAt, jws, digest },
      };
    case 'extend': {
      const check = nextCheckOn(record);
      const body = { by: person, reason, at: decidedAt, jws, digest, check };
      return { eventId: `${actionId}/${runId}/extended/${id}`, actionId, kind: 'extended', at, body };
    }
    case 'ask': {
      const body: EntryBodies['asked'] = { id: questionId(jws), person, text: reason, jws };
      return { eventId: `${actionId}/${runId}/asked/${body.id}`, actionId, kind: 'asked', at, body };
    }
    default:
      return undefined;
  }
}

/** The statement in a JWS. @throws ApplicationFailure `NotOnRecord` where nobody entitled signed it, or the statement has no place now */
function statementIn({ record, workflowId, runId, at }: Case, jws: string): DecisionStatement {
  const { ruled } = record;
  const keepDeadline = keepDeadlineOf(record);
  const stages: readonly Stage[] = [
    { kind: 'waiting', deadline: Number.POSITIVE_INFINITY },
    { kind: 'underWay' },
    // INVARIANT 13: only where the measurements on record cannot tell, and only in time, can anybody keep the effect.
    ...(keepDeadline === undefined ? [] : [{ kind: 'inconclusive', deadline: keepDeadline } as const]),
  ];
  const judgements = stages.flatMap((stage) => {
    const question = ruled && questionOn({ workflowId, runId }, ruled.ruling, stage);
    return question ? [hear(question, { jws }, at)] : [];
  });
  for (const judgement of judgements) {
    if (judgement.kind === 'said') return judgement.statement;
    if (judgement.kind === 'counts' && ruled) {
      const { installation, digest } = ruled.ruling;
      return { ...judgement.vote, installation, workflowId, runId, digest };
    }
  }
  const [firstJudgement] = judgements;
  throw notOnRecord(
    firstJudgement?.kind === 'refused' ? firstJudgement.reason : 'people are not asked about it',
  );
}

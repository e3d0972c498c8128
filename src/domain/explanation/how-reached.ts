import { foundText } from '../action/reconcile.ts';
import { lookText } from '../analysis/look-words.ts';
import { lastLooksIn } from '../analysis/metrics.ts';
import { grantOf, refusalOf } from '../policy/ask-policy.ts';
import type { ActionState } from '../record/action-state.ts';
import { reportText } from '../record/report.ts';
import { takeBackText } from '../record/take-back.ts';
import { reasonsOf } from '../risk/impact.ts';
import { endText } from '../risk/similar-actions.ts';
import type { Ruling } from '../ruling/ruling.ts';
import { iso, sentence } from '../shared/sentence.ts';

/** Says how the decision was reached: the facts that were found, the ruling, the people who were asked, and the result. */
export function howReached(state: ActionState): string[] {
  const {
    earlierRounds,
    questions,
    impact,
    ruling,
    settlement,
    deliveries,
    receipt,
    reconciled = [],
    measurements,
    verdict,
    rollback,
    revocation,
    kept,
    extensions = [],
    outcome,
    reports = [],
    takeBacks = [],
    erased,
  } = state;
  return [
    ...(impact ? reasonsOf(impact) : []).map(sentence),
    ...(impact?.similar.last ?? []).map((past) =>
      sentence(
        `${iso(past.at)} on ${past.target} in ${past.environment} it ended ${endText(past)} (${past.actionId})`,
      ),
    ),
    ...reasonsLeft(ruling).map(sentence),
    ...[grantOf(ruling?.modes ?? []) ?? []].flat().map(sentence),
    ...earlierRounds.map(({ votes, drift, edit }) => {
      if (edit) return sentence(`${edit.by} edited it: ${edit.reason}. So it was asked again`);
      const approverNames = votes.flatMap(({ person, verdict }) => (verdict === 'approve' ? person : []));
      const approvedText =
        approverNames.length > 0 ? `${approverNames.join(', ')} approved it before` : 'it was let run before';
      return sentence(`${approvedText}, then it was found that ${drift.join('; ')}: so it was asked again`);
    }),
    ...questions.map(({ person, text, answer }) =>
      sentence(`${person} asked: "${text}" ${answer ? 'The agent answered' : 'It was not answered'}`),
    ),
    ...deliveries.map(({ by, whom, delivered, detail }) =>
      sentence(`${by} to ${whom} ${delivered ? 'was delivered' : 'could not be delivered'}: ${detail}`),
    ),
    ...(settlement
      ? [
          sentence(
            `The gate ended: ${settlement.kind}${'reason' in settlement ? `, ${settlement.reason}` : ''}`,
          ),
        ]
      : []),
    ...(receipt ? [sentence(`It ran: ${receipt.summary}`)] : []),
    ...reconciled.map((found) => sentence(`${iso(found.at)}: ${foundText(found)}`)),
    ...(verdict ? [sentence(`${measurements.length} measurements: ${verdict.kind}, ${verdict.reason}`)] : []),
    ...lastLooksIn(measurements).map(({ metric, look }) => sentence(`${metric}: ${lookText(look)}`)),
    ...extensions.map(({ by, reason }) => sentence(`${by} had it watched for longer: ${reason}`)),
    ...(kept ? [sentence(`${kept.by} kept it: ${kept.reason}`)] : []),
    ...(revocation ? [sentence(`${revocation.by} revoked it: ${revocation.reason}`)] : []),
    ...(rollback ? [sentence(`It was taken back: ${rollback.summary}`)] : []),
    ...(outcome ? [sentence(`Outcome ${outcome.kind}: ${outcome.reason}`)] : []),
    ...reports.map((report) => sentence(`${iso(report.at)}: ${reportText(report)}`)),
    ...takeBacks.map((takeBack) => sentence(`${iso(takeBack.at)}: ${takeBackText(takeBack)}`)),
    ...(erased === undefined ? [] : [sentence(erased)]),
  ];
}

/** Returns the reasons that `whatLimitedIt` does not contain already. */
function reasonsLeft(ruling: Ruling | undefined): readonly string[] {
  const refusals = (ruling?.modes ?? []).filter(({ permitted }) => !permitted).map(refusalOf);
  return (ruling?.reasons ?? []).filter((reason) => !refusals.includes(reason));
}

import { exactLine, utc } from '../adapters/briefing/text.ts';
import type { Countersign } from '../client/index.ts';
import { actionWorkflowId, reviewWorkflowId } from '../contract/ids.ts';
import type { Action } from '../domain/action.ts';
import { actionDigest } from '../domain/digest.ts';
import { noticesOf, silenceText } from '../domain/notices.ts';
import type { Ruling } from '../domain/ruling.ts';
import { shownJson } from '../domain/shown-json.ts';
import { answered } from './answered.ts';
import { CommandError } from './command-error.ts';
import { questionLines } from './text.ts';

/** What a person is asked to sign, with all that the signature must name. */
export interface Question {
  readonly workflowId: string;
  readonly runId: string;
  readonly digest: string;
  readonly installation: string;
  readonly title: string;
  /** What would run, written by the machine. */
  readonly text: string;
}

/** @param id an action id, or `review/<action id>` */
export async function questionOf(countersign: Countersign, id: string): Promise<Question> {
  return id.startsWith('review/') ? review(countersign, id.slice('review/'.length)) : action(countersign, id);
}

async function action(countersign: Countersign, id: string): Promise<Question> {
  const {
    workflowId,
    runId,
    action: asked,
    ruling,
    deadline,
    status,
    revision,
    edits,
    questions,
    outcome,
  } = await answered(countersign, () => countersign.action(id).state());
  if (!asked || !ruling) throw new CommandError(`${id} is not ruled on yet; try again`);
  const digest = digestShown(id, workflowId, asked, ruling);
  const lines = [
    `${asked.title} in ${asked.environment} (tier ${ruling.tier}, ${status}${revision > 1 ? `, revision ${revision}` : ''})`,
    `asked for by ${asked.agent.id} ${asked.agent.version}, owned by ${asked.agent.owner}${edits.length > 0 ? ', and edited since' : ''}`,
    `runs:        ${shownJson(asked.execute)}`,
    `taken back:  ${asked.rollback ? shownJson(asked.rollback) : 'cannot be'}`,
    `digest:      ${digest}`,
    `for:         ${ruling.installation}`,
    ...(outcome ? [] : noticesOf(ruling)),
    ...(deadline === undefined ? [] : [`decide by:   ${utc(deadline)}`]),
    ...(deadline !== undefined && 'route' in ruling ? [silenceText(ruling, asked)] : []),
    ...edits.map(({ by, reason }) => `edited by:   ${by}: ${reason}`),
    ...questionLines(questions),
  ];
  const { installation } = ruling;
  return {
    workflowId,
    runId,
    digest,
    installation,
    title: asked.title,
    text: lines.map(exactLine).join('\n'),
  };
}

/**
 * INVARIANT 2: what is signed is what is shown. A workflow says itself what it is about, and anybody may have a worker that answers
 * in its place: so the digest is computed from what is shown, and it must be the action that was asked for.
 */
function digestShown(id: string, workflowId: string, action: Action, ruling: Ruling): string {
  const digest = actionDigest(action, ruling.pins);
  if (workflowId === actionWorkflowId(id) && action.id === id && digest === ruling.digest) return digest;
  throw new CommandError(
    `${id} answers with what is not itself: ${workflowId}, digest ${ruling.digest}. Nothing is signed; ` +
      'have the operators look at who runs workers in this namespace',
  );
}

async function review(countersign: Countersign, actionId: string): Promise<Question> {
  const [{ workflowId, runId, title, outcome, dueAt, digest: said }, { workflowId: of, action, ruling }] =
    await answered(countersign, () =>
      Promise.all([countersign.review(actionId), countersign.action(actionId).state()]),
    );
  if (!action || !ruling) throw new CommandError(`${actionId} is not ruled on yet; try again`);
  const digest = digestShown(actionId, of, action, ruling);
  if (workflowId !== reviewWorkflowId(actionId) || said !== digest)
    throw new CommandError(`the review of ${actionId} is about something else: nothing is signed`);
  const lines = [
    `review of: ${title}`,
    `for: ${ruling.installation}`,
    `it ended: ${outcome.kind}, ${outcome.reason}`,
    `due: ${utc(dueAt)}`,
  ];
  const { installation } = ruling;
  return {
    workflowId,
    runId,
    digest,
    installation,
    title: action.title,
    text: lines.map(exactLine).join('\n'),
  };
}

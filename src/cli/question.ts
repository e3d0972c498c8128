import { exactLine, utc } from '../adapters/briefing/text.ts';
import type { Countersign } from '../client/index.ts';
import { answered } from './answered.ts';
import { CommandError } from './command-error.ts';
import { questionLines } from './text.ts';

/** What a person is asked to sign, with all that the signature must name. */
export interface Question {
  readonly workflowId: string;
  readonly runId: string;
  readonly digest: string;
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
  } = await answered(countersign, () => countersign.action(id).state());
  if (!asked || !ruling) throw new CommandError(`${id} is not ruled on yet; try again`);
  const lines = [
    `${asked.title} in ${asked.environment} (tier ${ruling.tier}, ${status}${revision > 1 ? `, revision ${revision}` : ''})`,
    `asked for by ${asked.agent.id} ${asked.agent.version}, owned by ${asked.agent.owner}`,
    `runs:        ${JSON.stringify(asked.execute)}`,
    `taken back:  ${asked.rollback ? JSON.stringify(asked.rollback) : 'cannot be'}`,
    `digest:      ${ruling.digest}`,
    ...(deadline === undefined ? [] : [`decide by:   ${utc(deadline)}`]),
    ...edits.map(({ by, reason }) => `edited by:   ${exactLine(`${by}: ${reason}`)}`),
    ...questionLines(questions),
  ];
  return { workflowId, runId, digest: ruling.digest, title: asked.title, text: lines.join('\n') };
}

async function review(countersign: Countersign, actionId: string): Promise<Question> {
  const { workflowId, runId, digest, title, outcome, dueAt } = await answered(countersign, () =>
    countersign.review(actionId),
  );
  const lines = [`review of: ${title}`, `it ended: ${outcome.kind}, ${outcome.reason}`, `due: ${utc(dueAt)}`];
  return { workflowId, runId, digest, title, text: lines.join('\n') };
}

import { utc } from '../briefing/text.ts';
import type { Countersign } from '../client/index.ts';
import { actionWorkflowId, reviewWorkflowId } from '../contract/ids.ts';
import { recordedState } from '../contract/recorded-state.ts';
import type { Action } from '../domain/action/action.ts';
import { actionDigest } from '../domain/action/action-digest.ts';
import { type Confirmation, confirmationsOf } from '../domain/findings/confirmation.ts';
import type { ReadEntry } from '../domain/ledger/ledger.ts';
import type { ActionState, ReviewState } from '../domain/record/action-state.ts';
import { reviewOn } from '../domain/record/review-on-record.ts';
import { noticesOf, silenceText } from '../domain/ruling/notices.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { shownJson } from '../domain/shared/shown-json.ts';
import { exactLine } from '../domain/shared/visible.ts';
import { answered, WorkerUnavailable } from './answered.ts';
import { CommandError } from './command-error.ts';
import { findingLines, headlineLines, questionLines } from './text.ts';

/** What a person is asked to sign, with everything that the signature must name. */
export interface AskedOfSigner {
  readonly workflowId: string;
  readonly runId: string;
  readonly digest: string;
  readonly installation: string;
  readonly title: string;
  /** What an approval must confirm. */
  readonly toConfirm: readonly Confirmation[];
  /** What would run, in the machine's words. */
  readonly text: string;
}

/**
 * The question to sign. It is read from the ledger when no worker answers.
 *
 * @param id an action id, or `review/<action id>`
 * @param url the URL of the ledger, where it may be read
 */
export async function questionOf(countersign: Countersign, id: string, url?: string): Promise<AskedOfSigner> {
  const reviewedId = id.startsWith('review/') ? id.slice('review/'.length) : undefined;
  try {
    return reviewedId === undefined ? await action(countersign, id) : await review(countersign, reviewedId);
  } catch (error) {
    if (!(error instanceof WorkerUnavailable)) throw error;
    if (!url) throw new WorkerUnavailable(NO_DATABASE);
    return reviewedId === undefined ? recordedAction(url, id) : recordedReview(countersign, url, reviewedId);
  }
}

const NO_DATABASE =
  'No worker answers, so what there is to sign has to be read from the ledger: set COUNTERSIGN_DATABASE_URL to a login that may ' +
  'read it, such as an auditor\'s, or start a worker with "countersign worker". Nothing was signed, and your decision was NOT handed in.';

/** The ledger's entries about an action. The PostgreSQL code is loaded only here. */
async function entriesOf(url: string, actionId: string): Promise<readonly ReadEntry[]> {
  const { readLedger } = await import('../adapters/postgres/ledger.ts');
  return readLedger(url, actionId);
}

const FROM_LEDGER = 'No worker answers: this is read from the ledger.';

async function action(countersign: Countersign, id: string): Promise<AskedOfSigner> {
  return actionQuestion(id, await answered(countersign, () => countersign.action(id).state()));
}

async function recordedAction(url: string, id: string): Promise<AskedOfSigner> {
  const state = recordedState(await entriesOf(url, id));
  if (!state) throw new CommandError(`the ledger has no ruling on ${id}: your decision was NOT handed in`);
  return actionQuestion(id, state, [FROM_LEDGER]);
}

/** The question about an action. @param firstLines lines that come first */
export function actionQuestion(
  id: string,
  state: ActionState,
  firstLines: readonly string[] = [],
): AskedOfSigner {
  const {
    workflowId,
    runId,
    action: shownAction,
    ruling,
    deadline,
    status,
    revision,
    edits,
    questions,
  } = state;
  if (!shownAction || !ruling) throw new CommandError(`${id} is not ruled on yet; try again`);
  const digest = digestShown(id, workflowId, shownAction, ruling);
  const editedText = edits.length > 0 ? ', and edited since' : '';
  const lines = [
    ...firstLines,
    `${shownAction.title} in ${shownAction.environment} (tier ${ruling.tier}, ${status}${revision > 1 ? `, revision ${revision}` : ''})`,
    ...factsOf(state, ruling),
    `target:      ${shownAction.target} in ${shownAction.environment}`,
    `asked for by ${shownAction.agent.id} ${shownAction.agent.version}, owned by ${shownAction.agent.owner}${editedText}`,
    `runs:        ${shownJson(shownAction.execute)}`,
    `taken back:  ${shownAction.rollback ? shownJson(shownAction.rollback) : 'cannot be'}`,
    ...(shownAction.reconcile ? [`looked up:   ${shownJson(shownAction.reconcile)}`] : []),
    `digest:      ${digest}`,
    `for:         ${ruling.installation}`,
    ...(state.outcome ? [] : noticesOf(ruling)),
    ...findingLines(state.findings),
    ...(deadline === undefined ? [] : [`decide by:   ${utc(deadline)}`]),
    ...(status === 'waiting' && 'route' in ruling ? [silenceText(ruling, shownAction)] : []),
    ...edits.map(({ by, reason }) => `edited by:   ${by}: ${reason}`),
    ...questionLines(questions),
  ];
  const { installation } = ruling;
  return {
    workflowId,
    runId,
    digest,
    installation,
    title: shownAction.title,
    toConfirm: confirmationsOf(state.findings),
    text: lines.map(exactLine).join('\n'),
  };
}

/** The facts to read first. Those of an impact that is not the one that was ruled on would be somebody else's, and are not shown. */
function factsOf(state: ActionState, { pins }: Ruling): string[] {
  if (state.outcome || digestOf(state.impact ?? null) === pins.impact) return headlineLines(state);
  return [
    'At a glance: not known, as it answers with an impact that is not the one that it was ruled on with',
  ];
}

/**
 * The digest of what is shown. INVARIANT 2: what is signed is what is shown. A workflow itself says what it is about, and anybody
 * may run a worker that answers in its place. So the digest is computed from what is shown, and the action must be the one that was
 * asked for.
 */
function digestShown(id: string, workflowId: string, action: Action, ruling: Ruling): string {
  const digest = actionDigest(action, ruling.pins);
  if (workflowId === actionWorkflowId(id) && action.id === id && digest === ruling.digest) return digest;
  throw new CommandError(
    `${id} answers with what is not itself: ${workflowId}, digest ${ruling.digest}. Nothing is signed; ` +
      'have the operators look at who runs workers in this namespace',
  );
}

async function review(countersign: Countersign, actionId: string): Promise<AskedOfSigner> {
  const [reviewState, { workflowId: ofWorkflow, action, ruling }] = await answered(countersign, () =>
    Promise.all([countersign.review(actionId), countersign.action(actionId).state()]),
  );
  if (!action || !ruling) throw new CommandError(`${actionId} is not ruled on yet; try again`);
  const digest = digestShown(actionId, ofWorkflow, action, ruling);
  if (reviewState.workflowId !== reviewWorkflowId(actionId) || reviewState.digest !== digest)
    throw new CommandError(`the review of ${actionId} is about something else: nothing is signed`);
  return reviewQuestion(action, ruling, reviewState);
}

async function recordedReview(
  countersign: Countersign,
  url: string,
  actionId: string,
): Promise<AskedOfSigner> {
  const due = reviewOn(actionId, await entriesOf(url, actionId));
  if (!due) throw new CommandError(`no review of ${actionId} is open: your decision was NOT handed in`);
  const { ruled, outcome, dueAt } = due;
  const { action, ruling } = ruled;
  const workflowId = reviewWorkflowId(actionId);
  digestShown(actionId, actionWorkflowId(actionId), action, ruling);
  const { runId } = await countersign.client.workflow.getHandle(workflowId).describe();
  return reviewQuestion(action, ruling, { workflowId, runId, outcome, dueAt }, [FROM_LEDGER]);
}

function reviewQuestion(
  { title, target, environment }: Action,
  { digest, installation }: Ruling,
  { workflowId, runId, outcome, dueAt }: Pick<ReviewState, 'workflowId' | 'runId' | 'outcome' | 'dueAt'>,
  firstLines: readonly string[] = [],
): AskedOfSigner {
  const lines = [
    ...firstLines,
    `review of: ${title} in ${environment}`,
    `target: ${target} in ${environment}`,
    `for: ${installation}`,
    `it ended: ${outcome.kind}, ${outcome.reason}`,
    `due: ${utc(dueAt)}`,
  ];
  return {
    workflowId,
    runId,
    digest,
    installation,
    title,
    toConfirm: [],
    text: lines.map(exactLine).join('\n'),
  };
}

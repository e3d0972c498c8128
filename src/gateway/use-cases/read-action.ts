import { ActionNotFound } from '../../contract/errors.ts';
import { actionWorkflowId } from '../../contract/ids.ts';
import { recordedState } from '../../contract/recorded-state.ts';
import { hearAll } from '../../domain/approval/count-statements.ts';
import { whatWasErased } from '../../domain/ledger/erasure.ts';
import type { ActionState } from '../../domain/record/action-state.ts';
import { questionOn } from '../../domain/ruling/open-question.ts';
import type { GatewayDeps } from '../ports/deps.ts';

type Readers = Pick<GatewayDeps, 'countersign' | 'ledger' | 'now'>;

/** An action, and where it was read from: its workflow, or the ledger once Temporal no longer keeps the workflow. */
export interface ReadAction {
  readonly from: 'workflow' | 'ledger';
  readonly state: ActionState;
}

/** How long a workflow may take to answer before the ledger alone is shown, in milliseconds. */
const ANSWER_MS = 5_000;

/**
 * An action as people are shown it. INVARIANT 13: the ledger says what would run, what it may do and who is asked, even if its
 * workflow says otherwise. The workflow only adds what happens meanwhile, and its votes only where people really signed them.
 *
 * Where something of it was erased, the ledger alone is shown: the workflow's history may still hold it.
 *
 * @throws ActionNotFound when neither knows the action, or what was ruled was erased
 */
export async function readAction(deps: Readers, actionId: string): Promise<ReadAction> {
  const { ledger } = deps;
  const entries = await ledger.entriesOf(actionId);
  const erased = whatWasErased(entries);
  const stateOnRecord = recordedState(entries);
  if (erased !== undefined) {
    if (stateOnRecord) return { from: 'ledger', state: stateOnRecord };
    throw new ActionNotFound(`what ${actionId} was cannot be shown any more: ${erased}`);
  }
  const live = await liveOf(deps, actionId).catch((error: unknown) => {
    if (!stateOnRecord) throw error;
    return undefined;
  });
  if (!stateOnRecord) {
    if (live && live.workflowId === actionWorkflowId(actionId))
      return { from: 'workflow', state: unruled(live) };
    throw new ActionNotFound(`${actionId} is not known`);
  }
  // A workflow that was ended from outside still answers, with the state of that moment.
  const endedMeanwhile =
    stateOnRecord.status === 'lost' || (stateOnRecord.status === 'closed' && live?.status !== 'closed');
  const sameRun =
    !endedMeanwhile &&
    live &&
    live.runId === stateOnRecord.runId &&
    live.ruling?.digest === stateOnRecord.ruling?.digest;
  if (!sameRun) return { from: 'ledger', state: stateOnRecord };
  const { proposal, action, impact, ruling, findings, background, workflowId, runId, reports, takeBacks } =
    stateOnRecord;
  const ballotNow = spokenOn(live, stateOnRecord, deps.now());
  return {
    from: 'workflow',
    state: {
      ...live,
      workflowId,
      runId,
      proposal,
      action,
      impact,
      ruling,
      findings,
      background,
      ...(reports ? { reports } : {}),
      ...(takeBacks ? { takeBacks } : {}),
      ...ballotNow,
    },
  };
}

function liveOf({ countersign }: Readers, actionId: string): Promise<ActionState> {
  return countersign.client.withDeadline(Date.now() + ANSWER_MS, () => countersign.action(actionId).state());
}

/** The state without a ruling: before the ruling only the proposal can be shown. */
const unruled = ({
  action: _,
  impact: __,
  ruling: ___,
  findings: ____,
  background: _____,
  ...state
}: ActionState): ActionState => state;

/** The votes and withdrawals that people signed on what is on record. A vote that the workflow reports without a signature is not shown. */
function spokenOn(
  { votes, withdrawals, status }: ActionState,
  { ruling, workflowId, runId }: ActionState,
  now: number,
): Pick<ActionState, 'votes' | 'withdrawals'> {
  const question =
    ruling &&
    questionOn({ workflowId, runId }, ruling, { kind: 'waiting', deadline: Number.POSITIVE_INFINITY });
  if (!question || status === 'closed') return { votes, withdrawals };
  const voteStatements = [...votes, ...withdrawals].map(({ jws }) => jws);
  const withdrawalStatements = withdrawals.map(({ withdrawal }) => withdrawal);
  const { ballot } = hearAll(question, [...voteStatements, ...withdrawalStatements], now);
  return ballot;
}

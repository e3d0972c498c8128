import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  startChild,
} from '@temporalio/workflow';
import { DRILL } from '../contract/ids.ts';
import { getActionQuery } from '../contract/messages.ts';
import { hear } from '../domain/approval/count-statements.ts';
import { refuse } from '../domain/approval/refusal.ts';
import { resultOf } from '../domain/drill/drill.ts';
import type { ActionState } from '../domain/record/action-state.ts';
import { questionOn } from '../domain/ruling/open-question.ts';
import { askDrill, drawDrill as draw, endDrill, tellDrill } from './activities.ts';
import { listenToDecisions, withRefused } from './decisions.ts';

/**
 * Begins a drill, if one is due. A Temporal Schedule starts it at any moment of an hour.
 *
 * @returns what was done, for whoever reads the workflow
 */
export async function drawDrill(): Promise<string> {
  const drawn = await draw();
  if (drawn.kind === 'none') return drawn.why;
  await startChild(DRILL, {
    workflowId: `action/${drawn.actionId}`,
    args: [drawn.name],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  return 'a drill began';
}

/**
 * A drill: people are asked as about an action, and it is over with the first answer. It answers to the messages of an action and to no others. It
 * has no step that admits, executes or rolls back, so there is nothing that an approval could start.
 *
 * @returns what was done, for whoever reads the workflow
 */
export async function drill(name: string): Promise<string> {
  let state: ActionState | undefined;
  let answer: string | undefined;
  const isOver = () => state?.status === 'closed';
  const question = () => {
    const { ruling, workflowId, runId, deadline = 0, status } = state ?? {};
    return ruling &&
      workflowId !== undefined &&
      runId !== undefined &&
      status === 'waiting' &&
      answer === undefined
      ? questionOn({ workflowId, runId }, ruling, { kind: 'waiting', deadline })
      : undefined;
  };
  listenToDecisions({
    question,
    votes: () => [],
    judge: (decision) => {
      const asked = question();
      if (!asked) return refuse('notOpen', 'nothing is waiting for a decision here');
      const judged = hear(asked, decision, Date.now());
      if (judged.kind === 'refused') return judged;
      const { verdict, jws } =
        judged.kind === 'counts' ? judged.vote : { verdict: judged.statement.verdict, jws: judged.jws };
      return verdict === 'withdraw'
        ? refuse('notOpen', 'there is no vote that could be withdrawn')
        : { kind: 'heard', verdict, jws };
    },
    carryOut: async ({ verdict, jws }) => {
      if (resultOf(verdict) === undefined) return undefined;
      answer = jws;
      // Whoever decided is told what it was when they see the page again.
      await condition(isOver);
      return undefined;
    },
    remember: (refused) => {
      if (state) state = { ...state, refusedDecisions: withRefused(state.refusedDecisions, refused) };
    },
  });
  const asked = await askDrill(name);
  if (asked.kind === 'none') return asked.why;
  const { deadline = 0 } = asked.state;
  state = asked.state;
  setHandler(getActionQuery, () => state ?? asked.state);
  for (const step of asked.tells) tellDrill(step).catch(() => undefined);
  try {
    await condition(() => answer !== undefined, Math.max(1, deadline - Date.now()));
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  const { result, reason } = await CancellationScope.nonCancellable(() =>
    endDrill(answer === undefined ? [] : [answer]),
  );
  state = { ...state, status: 'closed', deadline: undefined, outcome: { kind: 'cancelled', reason } };
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  return result;
}

import type { DecisionKind } from '../approval/decision-statement.ts';
import { type Question, VOTING } from '../approval/verify-decision.ts';
import type { Ruling } from './ruling.ts';

/** The stage of an action when people make a statement about it. `deadline` in milliseconds since the epoch. */
export type Stage =
  | { readonly kind: 'waiting'; readonly deadline: number }
  /** From the settlement until the action is closed. */
  | { readonly kind: 'underWay' }
  /** It ran, and its watch could not tell whether it did harm. */
  | { readonly kind: 'inconclusive'; readonly deadline: number };

/**
 * Returns what people may say about an action at a stage, from the ruling alone. Undefined when people are not asked at all: the action is
 * forbidden, or people do it themselves. The workflow judges statements by this question, and so does each activity that depends on signed
 * statements.
 */
export function questionOn(
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  ruling: Ruling,
  stage: Stage,
): Question | undefined {
  if (ruling.kind === 'forbid' || ruling.mode === 'recommend') return undefined;
  const { installation, digest, gateway, breakGlass } = ruling;
  const requirement = 'requirement' in ruling ? ruling.requirement : ruling.review.requirement;
  const about = { installation, workflowId, runId, digest, requirement, gateway };
  if (stage.kind === 'underWay') return { ...about, deadline: Number.POSITIVE_INFINITY, takes: ['revoke'] };
  if (stage.kind === 'inconclusive')
    return { ...about, deadline: stage.deadline, takes: ['keep', 'extend', 'revoke'] };
  const holds: readonly DecisionKind[] =
    'route' in ruling && ruling.route.holdMs !== undefined ? ['acknowledge'] : [];
  const takes: readonly DecisionKind[] = [...VOTING, 'edit', 'ask', 'breakGlass', ...holds];
  const deniedLate =
    'route' in ruling && ruling.route.onSilence === 'proceed' ? { deniedLate: true as const } : {};
  return { ...about, ...deniedLate, breakGlass, deadline: stage.deadline, takes };
}

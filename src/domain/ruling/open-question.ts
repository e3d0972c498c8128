import type { DecisionKind } from '../approval/decision-statement.ts';
import { type Question, VOTING } from '../approval/verify-decision.ts';
import type { Ruling } from './ruling.ts';

/** Where an action stands when people say something of it. `deadline` in milliseconds since the epoch. */
export type Stage =
  | { readonly kind: 'waiting'; readonly deadline: number }
  /** From when it was settled until it is closed. */
  | { readonly kind: 'underWay' };

/**
 * What people may say of an action at a stage, by the ruling alone. Undefined where they are not asked at all: it is forbidden,
 * or theirs to do. The workflow judges what comes in by it, and so does each activity that rests on what somebody signed.
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
  const holds: readonly DecisionKind[] =
    'route' in ruling && ruling.route.holdMs !== undefined ? ['acknowledge'] : [];
  const takes: readonly DecisionKind[] = [...VOTING, 'edit', 'ask', 'breakGlass', ...holds];
  const deniedLate =
    'route' in ruling && ruling.route.onSilence === 'proceed' ? { deniedLate: true as const } : {};
  return { ...about, ...deniedLate, breakGlass, deadline: stage.deadline, takes };
}

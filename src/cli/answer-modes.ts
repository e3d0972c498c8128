import type { AnswerMode } from '../domain/simulation/answer.ts';

/** The modes that `simulate --mode` takes, as rulings have them. */
export const ANSWER_MODES = [
  'execute',
  'executeAfterWindow',
  'executeWithApproval',
  'recommend',
  'denied',
  'refused',
] as const satisfies readonly AnswerMode[];

import type { DecisionKind } from '../domain/approval/decision-statement.ts';

/** The verdicts, by their words on the command line. */
export const VERDICTS = {
  approve: 'approve',
  deny: 'deny',
  acknowledge: 'acknowledge',
  withdraw: 'withdraw',
  ask: 'ask',
  edit: 'edit',
  'break-glass': 'breakGlass',
  revoke: 'revoke',
  keep: 'keep',
  extend: 'extend',
} as const satisfies Readonly<Record<string, DecisionKind>>;
export type Word = keyof typeof VERDICTS;

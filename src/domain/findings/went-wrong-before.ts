import { NEEDS_A_LOOK, type OutcomeKind } from '../action/outcome.ts';
import type { SameBefore } from '../risk/record-before.ts';
import { quoted } from './agent-text.ts';
import type { Finding } from './finding.ts';

const WENT_WRONG: readonly OutcomeKind[] = ['rolledBack', ...NEEDS_A_LOOK, 'failed', 'revoked'];

/** This very action ran before and went wrong. It weighs less when it also succeeded. */
export function wentWrongBefore(sameBefore: SameBefore | undefined): Finding[] {
  const timesOf = (outcomes: readonly OutcomeKind[]) =>
    outcomes.reduce((sum, outcome) => sum + (sameBefore?.outcomes[outcome] ?? 0), 0);
  const wrong = timesOf(WENT_WRONG);
  const well = timesOf(['succeeded']);
  if (wrong === 0 || well > wrong) return [];
  const { last } = sameBefore ?? {};
  // A governed system that refused may repeat what an agent sent, so it is quoted.
  const reason = last?.reason === undefined ? '' : `: ${quoted(last.reason)}`;
  const lastText = last
    ? `, last ${new Date(last.at).toISOString().slice(0, 10)} (${last.outcome})${reason}`
    : '';
  return [
    {
      kind: 'wentWrongBefore',
      weight: well === 0 ? 3 : 2,
      text: `this very action went wrong ${wrong} of ${wrong + well} times that it ran before${lastText}`,
    },
  ];
}

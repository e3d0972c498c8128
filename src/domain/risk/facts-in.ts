import type { Impact } from './impact.ts';
import type { ValueNow } from './parameter-change.ts';
import type { RollbackDifficulty } from './rollback-difficulty.ts';

/** The rollback difficulty that an impact was assessed with. */
export const takingBackIn = ({ rollbackDifficulty, wentWrong, reasons }: Impact): RollbackDifficulty => ({
  difficulty: rollbackDifficulty,
  wentWrong: wentWrong ?? 0,
  reasons: reasons.rollbackDifficulty,
});

/** The value that each parameter had when an impact was assessed, by parameter. */
export const valuesIn = ({ changes = [] }: Pick<Impact, 'changes'>): Readonly<Record<string, ValueNow>> =>
  Object.fromEntries(changes.map(({ parameter, from }) => [parameter, from]));

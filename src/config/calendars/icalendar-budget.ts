/**
 * What reading may cost. It is counted, so that a busy machine changes no answer. `dates`: those that are looked at, and the
 * periods of a rule that have none.
 */
export interface Budget {
  /** Takes a part of it. Undefined: there was enough. Otherwise, what there is too much of. */
  readonly spend: (what: Spent, amount: number) => string | undefined;
}

type Spent = 'dates' | 'characters';

/** More than any calendar that people keep: who reads the folder does so every minute. */
const MOST = {
  file: { dates: 50_000, characters: 1_000_000 },
  folder: { dates: 200_000, characters: 4_000_000 },
} as const;

/** Of all calendars of a folder. */
export const folderBudget = (): Budget => budgetOf('all calendars together have', MOST.folder);

/** Of one of them. */
export const fileBudget = (folder: Budget): Budget => budgetOf('the file has', MOST.file, folder);

function budgetOf(whose: string, most: Readonly<Record<Spent, number>>, around?: Budget): Budget {
  const left = { ...most };
  return {
    spend: (what, amount) => {
      left[what] -= amount;
      return left[what] < 0 ? `${whose} more than ${most[what]} ${what}` : around?.spend(what, amount);
    },
  };
}

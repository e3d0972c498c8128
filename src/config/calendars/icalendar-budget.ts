/**
 * The budget for reading calendars. It is a count and not a time, so that a busy machine gives the same answer. `dates`: the dates that are
 * looked at, and the periods of a rule that have none.
 */
export interface Budget {
  /** Spends a part of the budget. Undefined: there was enough. Otherwise, a text that says what there is too much of. */
  readonly spend: (kind: Spent, amount: number) => string | undefined;
}

type Spent = 'dates' | 'characters';

/** The most that is read: more than any calendar that people keep. The limits matter because the folder is read every minute. */
const MOST = {
  file: { dates: 50_000, characters: 1_000_000 },
  folder: { dates: 200_000, characters: 4_000_000 },
} as const;

/** The budget of all calendars of a folder together. */
export const folderBudget = (): Budget => budgetOf('all calendars together have', MOST.folder);

/** The budget of one file, within that of the folder. */
export const fileBudget = (folder: Budget): Budget => budgetOf('the file has', MOST.file, folder);

function budgetOf(subject: string, limits: Readonly<Record<Spent, number>>, outerBudget?: Budget): Budget {
  const remaining = { ...limits };
  return {
    spend: (kind, amount) => {
      remaining[kind] -= amount;
      return remaining[kind] < 0
        ? `${subject} more than ${limits[kind]} ${kind}`
        : outerBudget?.spend(kind, amount);
    },
  };
}

import { CATEGORIES, type Category, type Severity } from '../action/action.ts';
import type { Service } from '../installation/installation.ts';

export interface CostInput {
  readonly target: string;
  /** Absent: it is not in the catalog any more. */
  readonly service: Service | undefined;
  readonly dependents: readonly Service[];
  readonly severity: Readonly<Record<Category, Severity>>;
  readonly rollbackDifficulty: Severity;
  readonly production: boolean;
}

/** In the installation's currency. What nobody stated is absent or left out, and never 0. */
export interface Costs {
  /** What each hour costs in which the action has not run, where the target is in trouble. */
  readonly waitingPerHour?: number | undefined;
  /** What it costs when the action does its worst, until it is taken back. */
  readonly beingWrong?: number | undefined;
  /** Among target and dependents, services of which nobody stated what an hour costs: being wrong costs more by these. */
  readonly unstated: number;
  /** The share of the target's error budget of 30 days that being wrong would use; 1 is all of it. */
  readonly errorBudget?: number | undefined;
}

/** How much of a service's trouble the worst severity, 0 to 4, stands for. */
const SHARE = [0, 0.1, 0.25, 0.5, 1] as const;
/** Until it is taken back, by rollback difficulty, 0 to 4. Four hours and more: people have to find a way. */
const HOURS = [0.25, 0.5, 1, 4, 24] as const;
const HOURS_IN_30_DAYS = 720;

/**
 * What waiting costs beside what being wrong costs. Waiting is counted on the target alone, and as if it were in trouble
 * now; being wrong on the target and all that need it. So the comparison errs to the side of waiting.
 */
export function costsOf(input: CostInput): { costs: Costs; reasons: readonly string[] } {
  const { target, service, dependents, severity, rollbackDifficulty, production } = input;
  if (!production) {
    const costs = { waitingPerHour: 0, beingWrong: 0, unstated: 0 };
    return { costs, reasons: ['outside production nothing is lost by waiting or by being wrong'] };
  }
  const stated = [...(service ? [service] : []), ...dependents].flatMap(
    ({ costPerHour }) => costPerHour ?? [],
  );
  const unstated = 1 + dependents.length - stated.length;
  const worst = Math.max(...CATEGORIES.map((category) => severity[category]));
  const share = SHARE[worst] ?? 1;
  const hours = HOURS[rollbackDifficulty];
  const anHour = stated.reduce((sum, cost) => sum + cost, 0);
  const waitingPerHour = service?.costPerHour;
  const beingWrong = stated.length === 0 ? undefined : money(anHour * share * hours);
  const objective = service?.slo;
  const errorBudget =
    objective === undefined
      ? undefined
      : rounded((share * hours) / (HOURS_IN_30_DAYS * (1 - objective / 100)));
  return {
    costs: {
      unstated,
      ...(waitingPerHour === undefined ? {} : { waitingPerHour }),
      ...(beingWrong === undefined ? {} : { beingWrong }),
      ...(errorBudget === undefined ? {} : { errorBudget }),
    },
    reasons: [
      waitingPerHour === undefined
        ? `nobody stated what an hour of trouble with ${target} costs`
        : `while ${target} is in trouble, waiting costs ${waitingPerHour} an hour`,
      ...(beingWrong === undefined
        ? []
        : [
            `being wrong costs ${unstated > 0 ? 'at least ' : ''}${beingWrong}: an hour of trouble with ${target} and all that need it costs ${money(anHour)}, severity ${worst} of 4 stands for ${share * 100} % of it, and taking it back takes ${hours} h`,
          ]),
      ...(unstated > 0 && stated.length > 0
        ? [`${unstated} of these ${1 + dependents.length} services state no cost`]
        : []),
      ...(errorBudget === undefined
        ? []
        : [
            `being wrong uses ${rounded(errorBudget * 100)} % of the trouble that the objective of ${objective} % allows ${target} in 30 days`,
          ]),
    ],
  };
}

const money = (amount: number) => Math.round(amount * 100) / 100;
const rounded = (value: number) => Number(value.toPrecision(3));

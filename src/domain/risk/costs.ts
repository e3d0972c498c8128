import { CATEGORIES, type Category, type Severity } from '../action/action.ts';
import type { Service } from '../installation/installation.ts';

export interface CostInput {
  readonly target: string;
  /** Absent: it is no longer in the catalog. */
  readonly service: Service | undefined;
  readonly dependents: readonly Service[];
  readonly severity: Readonly<Record<Category, Severity>>;
  readonly rollbackDifficulty: Severity;
  readonly production: boolean;
}

/** Costs in the installation's currency. A cost that nobody stated is absent or left out, and never 0. */
export interface Costs {
  /** The cost of each hour in which the action has not run, if the target is in trouble. */
  readonly waitingPerHour?: number | undefined;
  /** The cost if the action does its worst, until it is taken back. */
  readonly beingWrong?: number | undefined;
  /** The number of services, among the target and its dependents, without a stated cost. Being wrong costs more because of these. */
  readonly unstated: number;
  /** The share of the target's error budget of 30 days that being wrong would use; 1 is all of it. */
  readonly errorBudget?: number | undefined;
}

/** The share of a service's full trouble for the worst severity, 0 to 4. */
const SHARE = [0, 0.1, 0.25, 0.5, 1] as const;
/** The hours until the action is taken back, for rollback difficulty 0 to 4. Four hours and more: people have to find a way. */
const HOURS = [0.25, 0.5, 1, 4, 24] as const;
const HOURS_IN_30_DAYS = 720;

/**
 * Computes the cost of waiting and the cost of being wrong. Waiting is counted on the target alone, as if it were in trouble now; being
 * wrong is counted on the target and everything that needs it. So the comparison errs on the side of waiting.
 */
export function costsOf(input: CostInput): { costs: Costs; reasons: readonly string[] } {
  const { target, service, dependents, severity, rollbackDifficulty, production } = input;
  if (!production) {
    const costs = { waitingPerHour: 0, beingWrong: 0, unstated: 0 };
    return { costs, reasons: ['outside production nothing is lost by waiting or by being wrong'] };
  }
  const statedCosts = [...(service ? [service] : []), ...dependents].flatMap(
    ({ costPerHour }) => costPerHour ?? [],
  );
  const unstated = 1 + dependents.length - statedCosts.length;
  const worstSeverity = Math.max(...CATEGORIES.map((category) => severity[category]));
  const share = SHARE[worstSeverity] ?? 1;
  const hours = HOURS[rollbackDifficulty];
  const anHour = statedCosts.reduce((sum, cost) => sum + cost, 0);
  const waitingPerHour = service?.costPerHour;
  const beingWrong = statedCosts.length === 0 ? undefined : money(anHour * share * hours);
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
            `being wrong costs ${unstated > 0 ? 'at least ' : ''}${beingWrong}: an hour of trouble with ${target} and all that need it costs ${money(anHour)}, severity ${worstSeverity} of 4 stands for ${share * 100} % of it, and taking it back takes ${hours} h`,
          ]),
      ...(unstated > 0 && statedCosts.length > 0
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

import { CATEGORIES, type Category, type Severity } from '../action/action.ts';
import type { Service } from '../installation/installation.ts';
import { toDigits } from '../shared/shown-json.ts';
import type { Trouble } from './trouble.ts';

export interface CostInput {
  readonly target: string;
  /** Absent: it is no longer in the catalog. */
  readonly service: Service | undefined;
  readonly dependents: readonly Service[];
  readonly severity: Readonly<Record<Category, Severity>>;
  readonly rollbackDifficulty: Severity;
  readonly production: boolean;
  /** Whether the target is in trouble now. */
  readonly trouble: Trouble;
}

/** Costs in the installation's currency. A cost that nobody stated is absent or left out, and never 0. */
export interface Costs {
  /**
   * The cost of each hour in which the action has not run; 0 where the target is not in trouble. Absent: nobody stated it, or whether the
   * target is in trouble is not known.
   */
  readonly waitingPerHour?: number | undefined;
  /** What each such hour costs if the target is in trouble. It is there only where nobody knows whether it is. */
  readonly waitingPerHourInTrouble?: number | undefined;
  /**
   * Whether the target is in trouble. Absent: it is not in production; or it was assessed before this was looked at, and `waitingPerHour`
   * counts as if it were.
   */
  readonly trouble?: Trouble | undefined;
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
 * Computes the cost of waiting and the cost of being wrong. Waiting costs only while the target is in trouble, and is counted on the target
 * alone; being wrong is counted on the target and everything that needs it. So the comparison errs on the side of waiting. INVARIANT 7:
 * where nobody knows whether the target is in trouble, the cost of waiting is not known: 0 would say that waiting is harmless, and the
 * cost of trouble would let a policy hurry for a trouble that may not be there.
 */
export function costsOf(input: CostInput): { costs: Costs; reasons: readonly string[] } {
  const { target, service, dependents, severity, rollbackDifficulty, production, trouble } = input;
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
  const beingWrong = statedCosts.length === 0 ? undefined : money(anHour * share * hours);
  const objective = service?.slo;
  const errorBudget =
    objective === undefined
      ? undefined
      : rounded((share * hours) / (HOURS_IN_30_DAYS * (1 - objective / 100)));
  return {
    costs: {
      unstated,
      trouble,
      ...waitingCost(trouble, service?.costPerHour),
      ...(beingWrong === undefined ? {} : { beingWrong }),
      ...(errorBudget === undefined ? {} : { errorBudget }),
    },
    reasons: [
      waitingReason(target, trouble, service?.costPerHour),
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

/** Says what an hour of waiting costs, with what that depends on. @param amountText writes an amount of the installation's currency */
export function waitingText(
  { waitingPerHour, waitingPerHourInTrouble, trouble }: Costs,
  target: string,
  amountText: (amount: number) => string,
): string {
  if (trouble?.kind === 'calm') return `nothing: ${trouble.reason}`;
  if (trouble?.kind === 'unknown')
    return waitingPerHourInTrouble === undefined
      ? 'not known'
      : `${amountText(waitingPerHourInTrouble)} if ${target} is in trouble; whether it is, is not known: ${trouble.reason}`;
  if (waitingPerHour === undefined) return 'not known';
  if (trouble) return `${amountText(waitingPerHour)}: ${trouble.reason}`;
  // Outside production, or assessed before it was looked at whether the target is in trouble.
  return waitingPerHour === 0 ? 'nothing' : `${amountText(waitingPerHour)} if ${target} is in trouble`;
}

function waitingCost(
  { kind }: Trouble,
  costPerHour: number | undefined,
): Pick<Costs, 'waitingPerHour' | 'waitingPerHourInTrouble'> {
  if (kind === 'calm') return { waitingPerHour: 0 };
  if (costPerHour === undefined) return {};
  return kind === 'inTrouble' ? { waitingPerHour: costPerHour } : { waitingPerHourInTrouble: costPerHour };
}

function waitingReason(target: string, { kind, reason }: Trouble, costPerHour: number | undefined): string {
  if (kind === 'calm') return `waiting costs nothing: ${reason}`;
  if (kind === 'inTrouble')
    return costPerHour === undefined
      ? `${target} is in trouble, and nobody stated what an hour of it costs: ${reason}`
      : `while ${target} is in trouble, waiting costs ${costPerHour} an hour: ${reason}`;
  return costPerHour === undefined
    ? `nobody stated what an hour of trouble with ${target} costs`
    : `if ${target} is in trouble, waiting costs ${costPerHour} an hour; whether it is, is not known: ${reason}`;
}

const money = (amount: number) => Math.round(amount * 100) / 100;
const rounded = (value: number) => toDigits(value, 3);

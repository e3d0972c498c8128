import type { Tier } from './action.ts';
import type { Counterfactual } from './change.ts';
import type { Installation } from './installation.ts';
import type { Authorize } from './policy.ts';
import { type Asked, type Ruling, rule } from './ruling.ts';
import {
  calendarOpens,
  elsewhere,
  higherLevels,
  smaller,
  type Trial,
  undeclared,
  withRollback,
  workingHours,
} from './trials.ts';

/** A ruling as it is recorded: with what would have given it less friction. */
export function ruleAndCompare(installation: Installation, authorize: Authorize, asked: Asked): Ruling {
  const ruling = rule(installation, authorize, asked);
  const nearest = counterfactualsOf(installation, authorize, asked, ruling);
  return nearest.length === 0 ? ruling : { ...ruling, nearest };
}

/**
 * The single changes that would have given an action a ruling with less friction: of each kind the smallest that does.
 * A change is ruled on in full only where the operators' tables leave room for it, so that most cost no policy at all.
 */
export function counterfactualsOf(
  installation: Installation,
  authorize: Authorize,
  asked: Asked,
  ruling: Ruling,
): Counterfactual[] {
  if (ruling.kind === 'permit' && ruling.tier === 1) return [];
  const better = (trial: Trial): Counterfactual | undefined => {
    const less = (by: Authorize): Tier | undefined => {
      const would = rule(trial.installation, by, trial.asked);
      return frictionOf(would) < frictionOf(ruling) ? would.tier : undefined;
    };
    const tier = less(permitAll) && less(authorize);
    return tier && { change: trial.change, tier };
  };
  const first = (trials: readonly Trial[]): Counterfactual[] => {
    for (const trial of trials) {
      const found = better(trial);
      if (found) return [found];
    }
    return [];
  };
  const higher = higherLevels(installation, asked);
  return [
    ...first(undeclared(installation, asked)),
    ...first(smaller(installation, asked)),
    ...first(calendarOpens(installation, asked)),
    ...earliest(workingHours(installation, asked), better),
    ...first(elsewhere(installation, asked)),
    // Where the highest level is not enough, none below it is asked about.
    ...(first(higher.slice(-1)).length === 0 ? [] : first(higher)),
    ...first(withRollback(installation, asked)),
  ];
}

const frictionOf = ({ kind, tier }: Ruling): number => (kind === 'forbid' ? 5 : tier);

const permitAll: Authorize = () => ({ decision: 'allow', determining: [], errors: [] });

/** The earliest that is better, where the last is; by halves, so a few are ruled on. */
function earliest(
  trials: readonly Trial[],
  better: (trial: Trial) => Counterfactual | undefined,
): Counterfactual[] {
  const [last] = trials.slice(-1);
  let found = last && better(last);
  if (!found) return [];
  let low = -1;
  for (let high = trials.length - 1; high - low > 1; ) {
    const middle = Math.floor((low + high) / 2);
    const trial = trials[middle];
    const also = trial && better(trial);
    if (also) [found, high] = [also, middle];
    else low = middle;
  }
  return [found];
}

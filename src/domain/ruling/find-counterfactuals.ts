import type { Tier } from '../action/action.ts';
import type { Installation } from '../installation/installation.ts';
import { type Authorization, type Authorize, MODES, type PolicyAction } from '../policy/policy.ts';
import type { Counterfactual } from './counterfactual.ts';
import {
  calendarOpens,
  elsewhere,
  higherLevels,
  smaller,
  type Trial,
  undeclared,
  withRollback,
  workingHours,
} from './counterfactual-trials.ts';
import { type Judgement, judge, type RulingInput } from './judge.ts';
import { type Ruling, rule } from './ruling.ts';

/** Rules on an action as it is recorded: the ruling, with the counterfactuals that would have less friction. */
export function ruleAndCompare(installation: Installation, authorize: Authorize, input: RulingInput): Ruling {
  const ruling = rule(installation, authorize, input);
  const nearest = counterfactualsOf(installation, authorize, input, ruling);
  return nearest.length === 0 ? ruling : { ...ruling, nearest };
}

/**
 * Returns the single changes that would have given the action a ruling with less friction: of each kind the smallest one. Policy is
 * expensive, so a trial is ruled on in full only when first the operators' tables, and then the policies on the modes with less friction,
 * leave room for it. Most trials cost one question to policy, or none.
 */
export function counterfactualsOf(
  installation: Installation,
  authorize: Authorize,
  input: RulingInput,
  ruling: Ruling,
): Counterfactual[] {
  if (ruling.kind === 'permit' && ruling.tier === 1) return [];
  const friction = frictionOf(ruling);
  const improvement = (trial: Trial): Counterfactual | undefined => {
    const lowerTier = (authorizeTrial: Authorize): Tier | undefined => {
      const judgement = judge(trial.installation, authorizeTrial, trial.asked);
      return frictionOf(judgement) < friction ? judgement.tier : undefined;
    };
    const ask = askedOnce(authorize);
    const tier = lowerTier(permitAll) && lowerTier(onlyBelow(friction, ask)) && lowerTier(ask);
    return tier && { change: trial.change, tier };
  };
  const first = (trials: readonly Trial[]): Counterfactual[] => {
    for (const trial of trials) {
      const counterfactual = improvement(trial);
      if (counterfactual) return [counterfactual];
    }
    return [];
  };
  return [
    ...first(undeclared(installation, input)),
    ...first(smaller(installation, input)),
    ...first(calendarOpens(installation, input)),
    ...earliest(workingHours(installation, input), improvement),
    ...first(elsewhere(installation, input)),
    ...first(higherLevels(installation, input)),
    ...first(withRollback(installation, input)),
  ];
}

const frictionOf = ({ kind, tier }: Judgement): number => (kind === 'forbid' ? 5 : tier);

const permitAll: Authorize = () => ({ decision: 'allow', determining: [], errors: [] });

/** Asks policy only about the modes with less friction than this one, and takes the others as permitted. */
const onlyBelow =
  (friction: number, authorize: Authorize): Authorize =>
  (question) =>
    MODES.slice(0, friction - 1).some((mode) => mode === question.action)
      ? authorize(question)
      : permitAll(question);

/** Caches the answers of policy, so that each mode of one trial is asked about once. */
function askedOnce(authorize: Authorize): Authorize {
  const answers = new Map<PolicyAction, Authorization>();
  return (question) => {
    const { action } = question;
    if (action === 'approve') return authorize(question);
    const answer = answers.get(action) ?? authorize(question);
    answers.set(action, answer);
    return answer;
  };
}

/**
 * Returns the earliest trial with less friction, provided that the last one has less. It searches by halves, so few trials are ruled on.
 */
function earliest(
  trials: readonly Trial[],
  improvement: (trial: Trial) => Counterfactual | undefined,
): Counterfactual[] {
  const [last] = trials.slice(-1);
  let best = last && improvement(last);
  if (!best) return [];
  let low = -1;
  for (let high = trials.length - 1; high - low > 1; ) {
    const middle = Math.floor((low + high) / 2);
    const trial = trials[middle];
    const candidate = trial && improvement(trial);
    if (candidate) [best, high] = [candidate, middle];
    else low = middle;
  }
  return [best];
}

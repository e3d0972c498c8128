import { TIERS, type Tier } from '../action/action.ts';
import { type Authorize, MODES, type ModeName, type PolicyMention, type PolicyQuestion } from './policy.ts';

/** A mode that policy was asked about, with the answer. */
export interface AskedMode {
  readonly mode: ModeName;
  readonly permitted: boolean;
  /** The policies that permit it, or that stopped it; at most `MOST_POLICIES`. */
  readonly policies: readonly PolicyMention[];
  /** The policies that could not be evaluated, and wishes of policies that cannot be met. Either denies the mode. */
  readonly errors: readonly string[];
}

/** The answer of policy about an action. */
export interface Permission {
  readonly asked: readonly AskedMode[];
  /** Absent: no mode is permitted. */
  readonly granted: Tier | undefined;
  /** The policies that the answer depends on: those that permit the granted mode, and those that stopped a mode before it. */
  readonly counted: readonly PolicyMention[];
}

/** The most policies and errors that are kept: more than people read, and small enough for a payload. */
const MOST_POLICIES = 20;

/**
 * INVARIANT 10: asks policy about each mode in order of friction, until one is permitted that is not below the floor. No policy can grant a
 * mode below the floor. Policy is asked about those modes, too, because a policy there can require an approval rule, which then applies to
 * the granted mode.
 *
 * @param watched whether the action has metrics that are watched after it ran
 */
export function askModes(
  authorize: Authorize,
  question: Omit<PolicyQuestion, 'action'>,
  { floor, watched }: { readonly floor: Tier; readonly watched: boolean },
): Permission {
  const askedModes: AskedMode[] = [];
  const stoppingPolicies: PolicyMention[] = [];
  for (const tier of TIERS) {
    const mode = MODES[tier - 1] ?? 'recommend';
    const { decision, determining, errors } = authorize({ ...question, action: mode });
    const countedPolicies = decision === 'allow' ? [...stoppingPolicies, ...determining] : [];
    const unwatchable = watched || mode === 'recommend' ? [] : countedPolicies.flatMap(whyUnwatchable);
    const permitted = decision === 'allow' && unwatchable.length === 0;
    askedModes.push({
      mode,
      permitted,
      policies: determining.slice(0, MOST_POLICIES),
      errors: [...errors, ...unwatchable].slice(0, MOST_POLICIES),
    });
    // If a policy requires an approval rule, people must be waited for: a mode without waiting, or silence in a window, cannot meet the
    // rule.
    const withPeople = tier > 2 || countedPolicies.every(({ requires }) => requires === undefined);
    if (permitted && tier >= floor && withPeople)
      return { asked: askedModes, granted: tier, counted: eachOnce(countedPolicies) };
    // A policy that permits a mode only with an approval rule requires that rule for the later modes as well.
    stoppingPolicies.push(
      ...determining.filter(({ effect, requires }) => effect === 'forbid' || requires !== undefined),
    );
  }
  return { asked: askedModes, granted: undefined, counted: eachOnce(stoppingPolicies) };
}

const whyUnwatchable = ({ id, watchForMs }: PolicyMention) =>
  watchForMs === undefined ? [] : [`${id} wants it watched, and its action type has no metrics to watch`];

const eachOnce = (policies: readonly PolicyMention[]) => [
  ...new Map(policies.map((policy) => [policy.id, policy])).values(),
];

/** A mode as the subject of a sentence. */
export const MODE_WORDS: Readonly<Record<ModeName, string>> = {
  execute: 'running it at once',
  executeAfterWindow: 'running it after a window',
  executeWithApproval: 'running it with approval',
  recommend: 'recommending it',
};

/** Returns why a mode is not permitted, in words. */
export const refusalOf = ({ mode, policies, errors }: AskedMode): string =>
  `${MODE_WORDS[mode]} is not permitted: ${whyDenied(policies, errors)}`;

/** Returns why policy denies, in words. */
export function whyDenied(determining: readonly PolicyMention[], errors: readonly string[]): string {
  const forbidden = determining
    .filter(({ effect }) => effect === 'forbid')
    .map(({ id, reason }) => `${id} forbids it (${reason})`);
  const causes = [...errors, ...forbidden];
  return causes.length === 0 ? 'no policy permits it' : causes.join(', ');
}

/**
 * Returns the policies that limited a ruling, each once: those that stopped a mode which the floor allowed, and of all that counted those
 * that require something.
 */
export const limitsOf = (modes: readonly AskedMode[], floor: Tier): PolicyMention[] =>
  eachOnce(
    modes.flatMap(({ policies }, i) =>
      policies.filter((policy) => {
        const stops = policy.effect === 'forbid';
        const counts = stops || i === modes.length - 1;
        return (stops && i >= floor - 1) || (counts && wishesIn(policy).length > 0);
      }),
    ),
  );

/** What a policy did and why it exists, in words. */
export const limitIn = (policy: PolicyMention): string =>
  [`${policy.id} of ${policy.owner}: ${policy.reason}`, ...wishesIn(policy)].join('; ');

const wishesIn = ({ requires, route, watchForMs }: PolicyMention): string[] => [
  ...(requires === undefined ? [] : [`it requires ${requires}`]),
  ...(route === undefined ? [] : [`it asks along ${route}`]),
  ...(watchForMs === undefined ? [] : [`it wants it watched for ${watchForMs / 60_000} min`]),
];

/** Returns each mode that was not open to an action, in words: it is below the floor, or policy refused it. */
export function closedModes(modes: readonly AskedMode[], floor: Tier): string[] {
  return modes.flatMap((askedMode, i) => {
    if (i < floor - 1)
      return [`${MODE_WORDS[askedMode.mode]} was not open to it: tier ${floor} is the least it may have`];
    return askedMode.permitted ? [] : [refusalOf(askedMode)];
  });
}

/** What policy permitted in the end, in words; undefined when it permitted nothing. */
export function grantOf(modes: readonly AskedMode[]): string | undefined {
  const last = modes.at(-1);
  return last?.permitted
    ? `${MODE_WORDS[last.mode]} is permitted by ${last.policies.map(({ id }) => id).join(', ')}`
    : undefined;
}

/** The policies that permitted the action, in words: the owner of each, and why it exists. */
export function grantedBy(modes: readonly AskedMode[]): string[] {
  const last = modes.at(-1);
  if (!last?.permitted) return [];
  return last.policies.map(
    ({ id, owner, reason }) => `policy ${id} of ${owner} permits ${MODE_WORDS[last.mode]}: ${reason}`,
  );
}

import type { Installation } from '../../domain/installation/installation.ts';
import {
  type Authorization,
  MODES,
  type PolicyAction,
  type PolicyQuestion,
} from '../../domain/policy/policy.ts';
import type { ConfigFault } from '../source/fault.ts';
import { casesOf, changesTo, oneOfEach } from './cases.ts';
import type { CheckedPolicy } from './policies.ts';
import type { PolicyEngine } from './policy-engine.ts';

/** The most questions. They take a second or two, however large the catalog is. */
const MOST_QUESTIONS = 10_000;
/** A prime, so that the chosen cases are spread over all of them. */
const STRIDE = 7_919;
const MOST_NAMES = 3;

/** The result of a policy over all questions that were asked. */
interface Use {
  /** How often its scope and conditions held. */
  count: number;
  /** Whether it once decided alone: no other policy of its effect held, and no `forbid` was against it. */
  alone: boolean;
  /** The policies that held against it, and the policies of its effect that held every time it did. */
  readonly against: Set<string>;
  together: ReadonlySet<string> | undefined;
}

/**
 * Asks the policies about every kind of action that this installation can have, in every mode. It warns of each policy that changes
 * nothing: it never counts, others always overrule it, or another always says the same. If there are more kinds than `MOST_QUESTIONS`
 * allow, a part of them is asked, the same part every time.
 */
export function exercisePolicies(
  installation: Installation,
  policies: readonly CheckedPolicy[],
  engine: PolicyEngine,
): ConfigFault[] {
  const modePolicies = policies.filter(({ actions }) => MODES.some((mode) => actions.includes(mode)));
  const uses = new Map(
    modePolicies.map(({ id }): [string, Use] => [
      id,
      { count: 0, alone: false, against: new Set(), together: undefined },
    ]),
  );
  const policiesOn = whatHolds(modePolicies, engine);
  const questions = questionsFor(installation, modePolicies);
  for (const question of questions) {
    const { permits, forbids } = policiesOn(question);
    for (const id of permits) note(uses.get(id), id, permits, forbids);
    for (const id of forbids) note(uses.get(id), id, forbids, []);
  }
  return modePolicies.flatMap((policy) => {
    const { id, place } = policy;
    const problem = warningOf(uses.get(id), policy, questions.length);
    return problem === undefined ? [] : [{ ...place, problem: `${id} ${problem}` }];
  });
}

function note(
  use: Use | undefined,
  id: string,
  sameEffect: readonly string[],
  opposing: readonly string[],
): void {
  if (!use) return;
  const otherIds = sameEffect.filter((otherId) => otherId !== id);
  use.count += 1;
  use.alone ||= otherIds.length === 0 && opposing.length === 0;
  for (const otherId of opposing) use.against.add(otherId);
  if (opposing.length > 0) return;
  use.together = new Set(use.together ? otherIds.filter((otherId) => use.together?.has(otherId)) : otherIds);
}

function warningOf(
  use: Use | undefined,
  { effect, requires, route, watchForMs }: CheckedPolicy,
  questions: number,
): string | undefined {
  if (!use || use.alone) return undefined;
  if (use.count === 0) return `never counts: it held in none of ${questions} questions that were tried`;
  if (use.together === undefined)
    return `permits nothing: wherever it would, ${namesText(use.against)} forbids it`;
  // The wishes of a policy count even if another policy gives the same answer about the mode.
  const wishes = requires !== undefined || route !== undefined || watchForMs !== undefined;
  if (use.together.size === 0 || wishes) return undefined;
  return `changes nothing: wherever it ${effect === 'permit' ? 'permits' : 'forbids'}, ${namesText(use.together)} does too`;
}

function namesText(ids: ReadonlySet<string>): string {
  const names = [...ids].sort();
  const moreCount = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(' or ')}${moreCount > 0 ? ` (or ${moreCount} more)` : ''}`;
}

/** Returns each kind of action as it is in every mode, and then with each change in the modes that it can matter to. */
function questionsFor(installation: Installation, policies: readonly CheckedPolicy[]): PolicyQuestion[] {
  const cases = casesOf(installation, policies);
  const changes = changesTo(policies).flatMap((change) =>
    modesFor(change, policies).map((action) => ({ change, action })),
  );
  const asTheyAre = MODES.map((action) => ({ change: {}, action }));
  const ask = (subset: typeof changes, maximum: number) =>
    spread(subset.length * cases.length, maximum).flatMap((i) => {
      const base = cases[i % cases.length];
      const { change, action } = subset[Math.floor(i / cases.length)] ?? {};
      if (!base || !action) return [];
      return [{ ...base, action, context: withoutAbsent({ ...base.context, ...change }) }];
    });
  const first = ask(asTheyAre, MOST_QUESTIONS);
  return oneOfEach([...first, ...ask(changes, MOST_QUESTIONS - first.length)], (question) =>
    whatMatters(question, policies),
  );
}

/** Returns the parts of a question that the policies on its action can distinguish. */
function whatMatters(
  { action, principal, resource, context }: PolicyQuestion,
  policies: readonly CheckedPolicy[],
) {
  const policiesOnAction = policies.filter(({ actions }) => actions.includes(action));
  const readEntries = Object.entries(context).filter(([name]) =>
    policiesOnAction.some(({ reads }) => reads[name]),
  );
  return [
    action,
    readEntries,
    policiesOnAction.some(({ entities }) => entities.length > 0) ? [principal, resource, context] : [],
  ];
}

function modesFor(change: object, policies: readonly CheckedPolicy[]): PolicyAction[] {
  const readers = policies.filter(({ reads }) => Object.keys(change).some((name) => reads[name]));
  return MODES.filter((mode) => readers.some(({ actions }) => actions.includes(mode)));
}

/** Returns the numbers below `all`, or as many as are allowed, spread over all of them. */
const spread = (total: number, maximum: number): number[] =>
  Array.from({ length: Math.min(total, maximum) }, (_, i) => (total > maximum ? (i * STRIDE) % total : i));

const withoutAbsent = (context: object): PolicyQuestion['context'] =>
  Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));

/** Returns the ids of all policies that hold. When a `forbid` holds, Cedar reports no `permit`, so those are asked separately. */
function whatHolds(policies: readonly CheckedPolicy[], engine: PolicyEngine) {
  const authorizeAll = engine.prepare(policies);
  const permitsAlone = engine.prepare(policies.filter(({ effect }) => effect === 'permit'));
  const idsIn = ({ determining }: Authorization) => determining.map(({ id }) => id);
  return (question: PolicyQuestion) => {
    const answer = authorizeAll(question);
    const forbidden = answer.determining.some(({ effect }) => effect === 'forbid');
    return {
      permits: idsIn(forbidden ? permitsAlone(question) : answer),
      forbids: forbidden ? idsIn(answer) : [],
    };
  };
}

import { text as boundedText, identifier } from '../../contract/json.ts';
import { OURSELVES } from '../../domain/action/take-back.ts';
import { DOUBTS, type PolicyAction } from '../../domain/policy/policy.ts';
import type { WrittenAction } from '../action-types/actions.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { RulesFile } from '../rules/rules.ts';
import { parseDuration } from '../source/duration.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import type { PolicyFiles } from '../source/folder.ts';
import type {
  Policy,
  PolicyEngine,
  PolicyProblem,
  ValidationProblem,
  Vocabulary,
  WrittenPolicy,
} from './policy-engine.ts';

/** A checked policy, with its place in a file, and what it is about. */
export type CheckedPolicy = Policy &
  Pick<WrittenPolicy, 'actions' | 'entities' | 'reads'> & { readonly place: Omit<ConfigFault, 'problem'> };

export interface Policies {
  /** Reliable only when there are no faults. */
  readonly policies: readonly CheckedPolicy[];
  readonly faults: readonly ConfigFault[];
  /** Notes on policies that are valid but may not be meant so. */
  readonly notes: readonly ConfigFault[];
}

/** The names that policies may use. A table that could not be read is absent, and names of its kind are not judged. */
interface Names {
  /** By Cedar's type. */
  readonly entities: Readonly<Record<string, readonly string[] | undefined>>;
  /** `kind:name` of everybody and everything that could own a policy. */
  readonly owners: readonly string[] | undefined;
  readonly approvalRules: readonly string[] | undefined;
  readonly routes: readonly string[] | undefined;
  readonly vocabulary: Vocabulary | undefined;
}

export function namesFor(
  catalog: Catalog,
  actions: readonly WrittenAction[] | undefined,
  rules: RulesFile | undefined,
): Names {
  const { services, agents, people, groups } = catalog.faults.length === 0 ? catalog.tables : {};
  const namesIn = (table: object | undefined) => table && Object.keys(table);
  const actionTypes = actions?.map(({ type }) => type.name);
  const environments = namesIn(rules?.environments);
  return {
    entities: {
      Service: namesIn(services),
      Agent: agents && [...Object.keys(agents), OURSELVES.id],
      User: namesIn(people),
      Group: namesIn(groups),
      ActionType: actionTypes,
      Environment: environments,
    },
    owners:
      catalog.written &&
      [...catalog.written, ...catalog.unusable.keys()].filter((ref) => /^(group|user):/.test(ref)),
    approvalRules: namesIn(rules?.rules.approvalRules),
    routes: namesIn(rules?.rules.routes),
    vocabulary: actionTypes && environments && { actionTypes, environments },
  };
}

interface Placed {
  readonly policy: WrittenPolicy;
  /** A fault or a warning at an offset in the policy's text. */
  readonly at: (problem: PolicyProblem) => ConfigFault;
}

/** Checks policies/*.cedar: their syntax, their annotations, every name in them, and every type against the schema. */
export function readPolicies(files: PolicyFiles, names: Names, engine: PolicyEngine): Policies {
  const parsed = Object.entries(files.texts).map(([file, content]) => ({
    ...engine.parse(content),
    at: ({ offset, problem }: PolicyProblem) => ({ file, ...positionOf(content, offset), problem }),
  }));
  const placedPolicies: Placed[] = parsed.flatMap(({ policies, at }) =>
    policies.map((policy) => ({
      policy,
      at: ({ offset, problem }) => at({ offset: policy.offset + offset, problem }),
    })),
  );
  const validation = names.vocabulary
    ? engine.validate(
        names.vocabulary,
        placedPolicies.map(({ policy }) => policy.text),
      )
    : { problems: [], warnings: [] };
  const problems = [...files.faults, ...parsed.flatMap((file) => file.problems)];
  const isAbout = (i: number) => (problem: ValidationProblem) => problem.policy === i;
  return {
    policies: placedPolicies.map(checkedPolicy),
    faults: [
      ...files.faults,
      ...parsed.flatMap(({ problems, at }) => problems.map(at)),
      ...sameIds(placedPolicies),
      ...(problems.length > 0 ? [] : nobodyApproves(files, placedPolicies)),
      ...placedPolicies.flatMap(({ policy, at }, i) =>
        problemsOf(policy, names, validation.problems.filter(isAbout(i))).map(at),
      ),
    ],
    notes: placedPolicies.flatMap(({ at }, i) => validation.warnings.filter(isAbout(i)).map(at)),
  };
}

function checkedPolicy({ policy, at }: Placed): CheckedPolicy {
  const { annotations, effect, text, actions, entities, reads } = policy;
  const { id = '', owner = '', reason = '', requires, route, watch } = annotations;
  const watchForMs = watch === undefined ? undefined : parseDuration(watch);
  const { problem: _, ...place } = at({ offset: 0, problem: '' });
  return {
    id,
    owner,
    reason,
    requires,
    route,
    watchForMs,
    effect,
    text,
    actions,
    entities,
    reads,
    place,
  };
}

/** Returns a fault when no policy lets anybody approve. Every action that needs people, and every review, would be undeliverable. */
function nobodyApproves({ texts }: PolicyFiles, placedPolicies: readonly Placed[]): ConfigFault[] {
  const someoneMay = placedPolicies.some(
    ({ policy }) => policy.effect === 'permit' && policy.actions.includes('approve'),
  );
  if (someoneMay) return [];
  const [file = 'policies'] = Object.keys(texts);
  const problem =
    'no policy lets anybody approve: write one, such as permit (principal is User, action == Action::"approve", resource);';
  return [{ file, line: 1, problem }];
}

function sameIds(placedPolicies: readonly Placed[]): ConfigFault[] {
  const ids = placedPolicies.map(({ policy }) => policy.annotations.id);
  return placedPolicies.flatMap(({ at }, i) => {
    const id = ids[i];
    if (id === undefined || ids.indexOf(id) === i) return [];
    return [at({ offset: 0, problem: `there is another policy with the id ${id}: give this one its own` })];
  });
}

function problemsOf(
  policy: WrittenPolicy,
  names: Names,
  validationProblems: readonly ValidationProblem[],
): PolicyProblem[] {
  const entityProblems = unknownEntities(policy, names);
  return [
    ...annotationProblems(policy, names),
    ...entityProblems,
    ...doubtProblems(policy),
    // Cedar's message about an unknown name is dropped, because ours is better.
    ...validationProblems.filter(({ offset }) =>
      entityProblems.every((entityProblem) => entityProblem.offset !== offset),
    ),
  ];
}

/** INVARIANT 10: what an agent says of itself can make a ruling stricter, and must never permit anything. */
function doubtProblems({ effect, reads, text }: WrittenPolicy): PolicyProblem[] {
  if (effect === 'forbid') return [];
  return DOUBTS.filter((name) => reads[name] !== undefined).map((name) => ({
    offset: Math.max(0, text.indexOf(name)),
    problem: `a permit must not read ${name}: let a forbid read it, so that doubt makes a ruling stricter and nothing else`,
  }));
}

const OWNER = 'write @owner("group:name"), @owner("user:name") or @owner("on-call")';
const AUTOMATIC: readonly PolicyAction[] = ['execute', 'executeAfterWindow'];
const WITH_PEOPLE = 'Action::"executeWithApproval"';

function annotationProblems(policy: WrittenPolicy, names: Names): PolicyProblem[] {
  const { annotations, text: policyText } = policy;
  const { id, owner, reason, requires, route, watch, ...unknownAnnotations } = annotations;
  const at = (name: string, problem: string | undefined) =>
    problem === undefined ? [] : [{ offset: Math.max(0, policyText.indexOf(`@${name}`)), problem }];
  return [
    ...at(
      'id',
      id === undefined
        ? 'has no id: write @id("..."), as rulings name it'
        : shapeProblem('id', identifier, id),
    ),
    ...at('owner', owner === undefined ? `has no owner: ${OWNER}` : ownerProblem(owner, names.owners)),
    ...at(
      'reason',
      reason === undefined
        ? 'has no reason: write @reason("..."), as people read it when it counts'
        : shapeProblem('reason', boundedText(MOST_REASON), reason),
    ),
    ...at('requires', requires === undefined ? undefined : requiresProblem(requires, policy, names)),
    ...at('route', route === undefined ? undefined : routeProblem(route, policy, names)),
    ...at('watch', watch === undefined ? undefined : watchProblem(watch, policy)),
    ...Object.keys(unknownAnnotations).flatMap((name) =>
      at(name, `unknown annotation; ${hint(name, ANNOTATIONS)}`),
    ),
  ];
}

const ANNOTATIONS = ['id', 'owner', 'reason', 'requires', 'route', 'watch'];
/** The longest reason, in UTF-16 units: it is shown in mails and on pages, next to other reasons. */
const MOST_REASON = 300;

function shapeProblem(name: string, schema: typeof identifier, value: string): string | undefined {
  const message = schema.safeParse(value).error?.issues[0]?.message;
  return message === undefined ? undefined : `@${name} ${message}`;
}

function ownerProblem(owner: string, owners: Names['owners']): string | undefined {
  if (owner === 'on-call') return undefined;
  if (!/^(group|user):/.test(owner)) return OWNER;
  if (!owners || owners.includes(owner)) return undefined;
  return `${owner} is not in the catalog; ${hint(owner, owners)}`;
}

/**
 * Returns what is wrong with @requires. Nobody is waited for when an action runs at once, and silence ends a window, so an approval rule
 * could not be met there.
 */
function requiresProblem(
  rule: string,
  { effect, actions }: WrittenPolicy,
  { approvalRules }: Names,
): string | undefined {
  if (approvalRules && !approvalRules.includes(rule)) {
    return `${rule} is not among approvalRules in countersign.yaml; ${hint(rule, approvalRules)}`;
  }
  if (effect === 'permit') {
    return actions.every((action) => action === 'executeWithApproval')
      ? undefined
      : `@requires needs people to be waited for: let the policy permit action == ${WITH_PEOPLE} alone`;
  }
  return AUTOMATIC.every((action) => actions.includes(action))
    ? undefined
    : '@requires needs people to be waited for: let the policy forbid both Action::"execute" and Action::"executeAfterWindow"';
}

/**
 * Returns what is wrong with @route. A route is used only when people are asked. A `forbid` can lead there: it stops a mode that would run
 * without approval.
 */
function routeProblem(
  route: string,
  { effect, actions }: WrittenPolicy,
  { routes }: Names,
): string | undefined {
  if (routes && !routes.includes(route))
    return `${route} is not among routes in countersign.yaml; ${hint(route, routes)}`;
  if (effect === 'forbid') return AUTOMATIC.some((action) => actions.includes(action)) ? undefined : NO_STEP;
  return actions.every((action) => ASKING.includes(action))
    ? undefined
    : `@route needs people to be asked: let the policy permit Action::"executeAfterWindow", ${WITH_PEOPLE} or both, and nothing else`;
}

function watchProblem(watch: string, { effect, actions }: WrittenPolicy): string | undefined {
  const ms = parseDuration(watch);
  if (ms === undefined || ms === 0 || ms > LONGEST_WATCH_MS)
    return '@watch must be a duration of at most 168h, such as "30m"';
  if (effect === 'forbid') return AUTOMATIC.some((action) => actions.includes(action)) ? undefined : NO_STEP;
  return actions.every((action) => RUNNING.includes(action))
    ? undefined
    : '@watch needs something to run: let the policy permit the modes that do, and nothing else';
}

const ASKING: readonly PolicyAction[] = ['executeAfterWindow', 'executeWithApproval'];
const RUNNING: readonly PolicyAction[] = ['execute', ...ASKING];
const NO_STEP =
  'changes nothing here: let the policy forbid Action::"execute" or Action::"executeAfterWindow", so that the action may still run';
/** The longest watch, in milliseconds: a week. */
const LONGEST_WATCH_MS = 168 * 3_600_000;

const unknownEntities = ({ entities }: WrittenPolicy, names: Names): PolicyProblem[] =>
  entities.flatMap(({ type, id, offset }) => {
    const knownIds = names.entities[type];
    if (!knownIds || knownIds.includes(id)) return [];
    return [{ offset, problem: `${type}::"${id}" does not exist here; ${hint(id, knownIds)}` }];
  });

function positionOf(content: string, offset: number): Pick<ConfigFault, 'line'> & { column: number } {
  const linesBefore = content.slice(0, offset).split('\n');
  return { line: linesBefore.length, column: (linesBefore.at(-1)?.length ?? 0) + 1 };
}

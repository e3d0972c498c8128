import type { Level } from '../../domain/action/autonomy-level.ts';
import { type Installation, targetsIn } from '../../domain/installation/installation.ts';
import {
  CONTEXT,
  GLASS_CONTEXT,
  type PolicyContext,
  type PolicyQuestion,
} from '../../domain/policy/policy.ts';
import { contextOf, owned } from '../../domain/policy/policy-context.ts';
import { assessImpact } from '../../domain/risk/impact.ts';
import { type Live, unasked } from '../../domain/risk/live-context.ts';
import { anAction } from '../../domain/ruling/an-action.ts';
import type { CheckedPolicy } from './policies.ts';

/** A question to a policy, without the mode. */
export type PolicyCase = Omit<PolicyQuestion, 'action'>;

/** A Tuesday at noon UTC, in milliseconds since the epoch. */
export const SOME_DAY = Date.UTC(2026, 0, 13, 12);
const LEVELS: readonly Level[] = [0, 1, 2, 3];

/**
 * Returns every action type on every service in every environment, by every agent at every level, with a freeze and without. Where a policy
 * reads the cost of waiting, also with a target in trouble. There is one case for each kind that these policies can tell apart.
 */
export function casesOf(installation: Installation, policies: readonly CheckedPolicy[]): PolicyCase[] {
  const { actionTypes, services, dependents, environments, agents, notProduction } = installation;
  const refOf = (type: string, id: string) => `${type.toLowerCase()}:${id}`;
  const refs = new Set(policies.flatMap(({ entities }) => entities.map(({ type, id }) => refOf(type, id))));
  const knownId = (type: string, id: string) => (refs.has(refOf(type, id)) ? id : '');
  const groupsWithin = (type: 'Agent' | 'Service', id: string, owner: string) => [
    knownId(type, id),
    owned(installation, type, id, owner).within.filter((ref) => refs.has(ref)),
  ];
  /** Returns the tier of the most critical service that needs it directly. */
  const neededBy = (name: string) =>
    Math.min(...(dependents[name] ?? []).map((dependent) => services[dependent]?.serviceTier ?? 4));

  const types = oneOfEach(Object.values(actionTypes), ({ name, severity, rollback, runbook, size }) => [
    knownId('ActionType', name),
    severity,
    rollback !== undefined,
    runbook,
    size,
  ]);
  const targets = oneOfEach(targetsIn(installation), (service) => [
    groupsWithin('Service', service.name, service.owner),
    service.serviceTier,
    service.dataClassification,
    neededBy(service.name),
  ]);
  const places = oneOfEach(Object.keys(environments), (name) => [
    knownId('Environment', name),
    notProduction.includes(name),
  ]);
  const readsCostOfWaiting = policies.some(({ reads }) => reads.costOfWaiting !== undefined);
  const askers = oneOfEach(Object.values(agents), ({ id, owner }) => groupsWithin('Agent', id, owner));

  return types.flatMap((type) =>
    targets.flatMap((service) => {
      const resource = owned(installation, 'Service', service.name, service.owner);
      return places.flatMap((environment) => {
        const action = anAction(type, service.name, service.serviceTier, environment);
        const live = unasked(installation, action, SOME_DAY);
        const impacts = (readsCostOfWaiting ? [live, inTrouble(live, service.name)] : [live]).map((now) =>
          assessImpact(installation, { action, type }, { past: [], live: now }),
        );
        return askers.flatMap(({ id, owner }) => {
          const principal = owned(installation, 'Agent', id, owner);
          return LEVELS.flatMap((level) =>
            [{}, FREEZE].flatMap((circumstances) =>
              impacts.map((impact) => {
                const facts = { action, impact, level, circumstances, at: SOME_DAY };
                return { principal, resource, context: contextOf(installation, type, service, facts) };
              }),
            ),
          );
        });
      });
    }),
  );
}

/** Only then does waiting cost something. */
const inTrouble = (live: Live, target: string): Live => ({
  ...live,
  incidents: [{ service: target, open: { kind: 'known', value: 1 } }],
});

const FREEZE = { frozen: { name: 'any', until: SOME_DAY + 1 } };
/** Returns one item of each kind. */
export function oneOfEach<T>(items: readonly T[], kindOf: (item: T) => unknown): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(kindOf(item)), item])).values()];
}

/** The largest value of a numeric attribute; 4 for attributes that are not listed. */
const MOST: Readonly<Record<string, number>> = {
  riskScore: 100,
  directDependents: Number.MAX_SAFE_INTEGER,
  transitiveDependents: Number.MAX_SAFE_INTEGER,
  costOfWaiting: Number.MAX_SAFE_INTEGER,
  costOfBeingWrong: Number.MAX_SAFE_INTEGER,
  errorBudgetAtRisk: Number.MAX_SAFE_INTEGER,
  hour: 23,
  minute: 59,
  weekday: 7,
};
const TIME = ['hour', 'minute', 'weekday', 'date'];
/** The attributes that are not changed: each case has its own value, or no mode is asked with it. */
const OTHERWISE: readonly string[] = ['level', 'frozen', ...GLASS_CONTEXT];

/**
 * Returns the changes with which a case is tried, one at a time: on, below and above each value that a policy compares an attribute with.
 * Attributes of time change together, because a policy about a night of the week needs both.
 */
export function changesTo(policies: readonly CheckedPolicy[]): Partial<PolicyContext>[] {
  const valuesOf = (name: string) => {
    const literals = policies.flatMap(({ reads }) => reads[name] ?? []);
    return policies.some(({ reads }) => reads[name]) ? valuesAround(name, [...new Set(literals)]) : [];
  };
  const singleChanges = Object.keys(CONTEXT)
    .filter((name) => !TIME.includes(name) && !OTHERWISE.includes(name))
    .flatMap((name) => valuesOf(name).map((value) => ({ [name]: value })));
  const times = TIME.map((name) => ({ name, values: valuesOf(name) }))
    .filter(({ values }) => values.length > 0)
    .reduce<Partial<PolicyContext>[]>(
      (combinations, { name, values }) =>
        combinations.flatMap((time) => values.map((value) => ({ ...time, [name]: value }))),
      [{}],
    );
  return [...singleChanges, ...(times.length > 1 ? times : [])];
}

function valuesAround(
  name: string,
  literals: readonly (number | string)[],
): (number | string | boolean | undefined)[] {
  const attribute = Object.entries(CONTEXT).find(([attributeName]) => attributeName === name)?.[1];
  const absent = attribute && 'optional' in attribute ? [undefined] : [];
  switch (attribute?.type) {
    case 'Boolean':
      return [true, false];
    case 'Long': {
      const neighbours = literals.map(Number).flatMap((n) => [n - 1, n, n + 1]);
      return [...absent, ...new Set(neighbours.filter((n) => n >= 0 && n <= (MOST[name] ?? 4)))];
    }
    case 'datetime':
      return literals.flatMap((day) => [String(day).slice(0, 10), dayAfter(String(day).slice(0, 10))]);
    case 'String':
      return [...absent, ...literals, 'any'];
    default:
      return [];
  }
}

const dayAfter = (day: string) => new Date(Date.parse(day) + 24 * 3_600_000).toISOString().slice(0, 10);

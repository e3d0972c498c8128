import { type Action, leaseTarget, SERVICE_TIERS, type ServiceTier } from '../action/action.ts';
import type { Installation, Service } from '../installation/installation.ts';
import { lookup } from '../shared/lookup.ts';

/** The most names in one list of an impact, which is copied into histories, mails and the ledger. */
export const NAMES_KEPT = 20;

/** Services that need the target: the number of all, and the names of some, the most critical first and then the nearest. */
export interface Dependents {
  readonly count: number;
  readonly names: readonly string[];
}

export interface BlastRadius {
  /** Services that need the target directly. */
  readonly direct: Dependents;
  /** Services that need the target through others. */
  readonly transitive: Dependents;
  /** The number of both, by service tier. */
  readonly byServiceTier: Readonly<Record<ServiceTier, number>>;
  /** The nearest of the most critical services. Absent: no service needs the target. */
  readonly mostCritical?:
    | {
        readonly name: string;
        readonly serviceTier: ServiceTier;
        /** How many steps it is away; 1 needs the target directly. */
        readonly steps: number;
        /** The shortest path to it, from the target on: each service needs the one before it. A long path is cut in the middle. */
        readonly path: readonly string[];
      }
    | undefined;
}

/** A service that needs the target, and the service through which it does: the next one on a shortest path to the target. */
export interface Reached {
  readonly service: Service;
  readonly through: string;
  readonly steps: number;
}

/** Reverses `dependsOn` of all services, so that the dependents of one service are found without a search through all others. */
export function dependentsOf(services: Installation['services']): Installation['dependents'] {
  const dependents = new Map<string, string[]>(Object.keys(services).map((name) => [name, []]));
  for (const { name, dependsOn } of Object.values(services)) {
    for (const dependency of new Set(dependsOn))
      if (dependency !== name) dependents.get(dependency)?.push(name);
  }
  return Object.fromEntries([...dependents].map(([name, names]) => [name, names.sort()]));
}

/** Returns the services that the target needs directly or that need it directly, the most critical first. */
export function besideOf(
  { services, dependents }: Pick<Installation, 'services' | 'dependents'>,
  target: string,
): string[] {
  const names = new Set([
    ...(lookup(services, target)?.dependsOn ?? []),
    ...(lookup(dependents, target) ?? []),
  ]);
  const neighbours = [...names].flatMap((name) => (name === target ? [] : (lookup(services, name) ?? [])));
  return neighbours
    .sort((a, b) => a.serviceTier - b.serviceTier || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** Returns every service that needs the target, the nearest first. Circles of dependencies do no harm. */
export function reachOf(
  { services, dependents }: Pick<Installation, 'services' | 'dependents'>,
  target: string,
): ReadonlyMap<string, Reached> {
  const reach = new Map<string, Reached>();
  const lookFrom = (through: string, steps: number) => {
    for (const name of lookup(dependents, through) ?? []) {
      const service = name === target || reach.has(name) ? undefined : lookup(services, name);
      if (service) reach.set(name, { service, through, steps });
    }
  };
  lookFrom(target, 1);
  // The map grows while it is walked, so the loop ends when it finds no further service.
  for (const [name, { steps }] of reach) lookFrom(name, steps + 1);
  return reach;
}

export function blastRadiusOf(reach: ReadonlyMap<string, Reached>): BlastRadius {
  const byTier = SERVICE_TIERS.map((tier) =>
    [...reach.values()].filter(({ service }) => service.serviceTier === tier),
  );
  const [tier1 = [], tier2 = [], tier3 = [], tier4 = []] = byTier;
  const dependents = byTier.flat();
  const countAndName = (services: readonly Reached[]): Dependents => ({
    count: services.length,
    names: services.slice(0, NAMES_KEPT).map(({ service }) => service.name),
  });
  const [mostCritical] = dependents;
  return {
    direct: countAndName(dependents.filter(({ steps }) => steps === 1)),
    transitive: countAndName(dependents.filter(({ steps }) => steps > 1)),
    byServiceTier: { 1: tier1.length, 2: tier2.length, 3: tier3.length, 4: tier4.length },
    ...(mostCritical
      ? {
          mostCritical: {
            name: mostCritical.service.name,
            serviceTier: mostCritical.service.serviceTier,
            steps: mostCritical.steps,
            path: bothEnds(pathTo(mostCritical, reach)),
          },
        }
      : {}),
  };
}

function pathTo(end: Reached, reach: ReadonlyMap<string, Reached>): string[] {
  const path = [end.service.name];
  for (let at: Reached | undefined = end; at; at = reach.get(at.through)) path.push(at.through);
  return path.reverse();
}

function bothEnds(path: readonly string[]): readonly string[] {
  const half = NAMES_KEPT / 2;
  return path.length <= NAMES_KEPT ? path : [...path.slice(0, half), ...path.slice(-half)];
}

/** The blast radius in words, for people. */
export function blastReasons(target: string, blastRadius: BlastRadius): string[] {
  const { direct, transitive, byServiceTier, mostCritical } = blastRadius;
  if (!mostCritical) return [`nothing in the catalog depends on ${target}`];
  const unnamed = direct.count - direct.names.length;
  const directText = `${direct.names.join(', ')}${unnamed > 0 ? ` and ${unnamed} more` : ''}`;
  const tiers = SERVICE_TIERS.filter((tier) => byServiceTier[tier] > 0).map(
    (tier) => `${byServiceTier[tier]} of tier ${tier}`,
  );
  const { name, serviceTier, path, steps } = mostCritical;
  const cut = path.length <= steps ? ', and more between' : '';
  return [
    `${directText} depend${direct.count === 1 ? 's' : ''} on ${target}`,
    ...(transitive.count > 0
      ? [
          `${direct.count + transitive.count} services in all do, ${transitive.count} of them through others: ${tiers.join(', ')}`,
        ]
      : []),
    `the most critical is ${name}, of tier ${serviceTier}: ${path.join(' <- ')}${cut}`,
  ];
}

/**
 * Returns the services beside each service (those that it needs or that need it directly), for the target and for all services beside the
 * target. Keys and values are lease targets.
 */
export function neighbourhoodOf(
  installation: Pick<Installation, 'services' | 'dependents'>,
  { target, environment }: Pick<Action, 'target' | 'environment'>,
): Readonly<Record<string, readonly string[]>> {
  const leaseTargetOf = (service: string) => leaseTarget({ environment, target: service });
  return Object.fromEntries(
    [target, ...besideOf(installation, target)].map((service) => [
      leaseTargetOf(service),
      besideOf(installation, service).map(leaseTargetOf),
    ]),
  );
}

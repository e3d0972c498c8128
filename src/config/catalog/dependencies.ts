import { type Entity, qualified, refOf } from './entity.ts';

type Component = Extract<Entity, { kind: 'Component' }>;

/** Whether a component may be the target of actions. The other components are AI agents, which propose actions. */
export const isService = ({ spec }: Component) => spec.type !== 'ai-agent';

/**
 * Returns the services that each service needs, by name. Entities between two services are folded away. An example is the API that one
 * service consumes and the other provides: the first service then needs the second.
 */
export function serviceDependencies(entities: readonly Entity[]): ReadonlyMap<string, readonly string[]> {
  const components = entities.filter((entity) => entity.kind === 'Component').filter(isService);
  const services = new Map(components.map((service) => [refOf(service), qualified(service.metadata)]));
  const needs = new Map<string, string[]>();
  for (const [from, to] of entities.flatMap(dependenciesOf))
    needs.set(from, [...(needs.get(from) ?? []), to]);

  function servicesBehind(start: string): string[] {
    const reachable = new Set([start]);
    // The set grows while it is walked: this visits everything behind each entity, but nothing behind another service.
    for (const ref of reachable) {
      if (ref === start || !services.has(ref)) for (const next of needs.get(ref) ?? []) reachable.add(next);
    }
    return [...reachable].flatMap((ref) => (ref === start ? [] : (services.get(ref) ?? []))).sort();
  }

  return new Map([...services].map(([ref, name]) => [name, servicesBehind(ref)]));
}

/**
 * Returns the owners of the databases (resources of type `database`) that a component depends on directly, by the component's reference.
 */
export function databaseOwners(entities: readonly Entity[]): ReadonlyMap<string, ReadonlySet<string>> {
  const databases = new Map(
    entities
      .filter((entity) => entity.kind === 'Resource')
      .filter(({ spec }) => spec.type === 'database')
      .flatMap((database) =>
        database.spec.owner === undefined ? [] : [[refOf(database), database.spec.owner] as const],
      ),
  );
  const owners = new Map<string, Set<string>>();
  for (const [from, to] of entities.flatMap(dependenciesOf)) {
    const owner = databases.get(to);
    if (owner !== undefined) owners.set(from, (owners.get(from) ?? new Set()).add(owner));
  }
  return owners;
}

/** Returns pairs of references: the first needs the second. */
export function dependenciesOf(entity: Entity): (readonly [string, string])[] {
  if (entity.kind !== 'Component' && entity.kind !== 'Resource') return [];
  const self = refOf(entity);
  const { dependsOn, dependencyOf } = entity.spec;
  const declaredPairs = [
    ...dependsOn.map((neighbour) => [self, neighbour] as const),
    ...dependencyOf.map((neighbour) => [neighbour, self] as const),
  ];
  if (entity.kind === 'Resource') return declaredPairs;
  const { consumesApis, providesApis, subcomponentOf } = entity.spec;
  return [
    ...declaredPairs,
    ...consumesApis.map((api) => [self, api] as const),
    ...providesApis.map((api) => [api, self] as const),
    ...(subcomponentOf === undefined ? [] : [[subcomponentOf, self] as const]),
  ];
}

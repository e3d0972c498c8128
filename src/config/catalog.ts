import { z } from 'zod';
import type { ServiceTier } from '../domain/action.ts';
import { dependentsOf } from '../domain/blast-radius.ts';
import { digestOf } from '../domain/digest.ts';
import { DATA_CLASSIFICATIONS, type Installation, type Service } from '../domain/installation.ts';
import type { Level } from '../domain/level.ts';
import { databaseOwners, isService, serviceDependencies } from './dependencies.ts';
import {
  AUTONOMY,
  COST_PER_HOUR,
  DATA_CLASSIFICATION,
  type Entity,
  readEntity,
  refOf,
  SERVICE_TIER,
  SIGNING_KEYS,
  SLO,
  SUBJECT,
  TIME_ZONE,
} from './entity.ts';
import type { ConfigFault } from './fault.ts';
import { flattenGroups, type Groups } from './groups.ts';
import { unknownReference } from './reference.ts';
import { keysOf, sharedBetween } from './shared.ts';
import { type ParsedFile, type Source, textsIn } from './yaml-files.ts';

export interface Catalog {
  /** Only to be relied on when there are no faults. */
  readonly tables: Pick<
    Installation,
    'services' | 'dependents' | 'people' | 'groups' | 'groupParents' | 'agents'
  >;
  /** `kind:name` of every entity, even of those with faults. Undefined when some could not be read at all. */
  readonly written: ReadonlySet<string> | undefined;
  readonly faults: readonly ConfigFault[];
}

/** Checks the catalog's entities, each by itself and then all together. */
export function readCatalog({ sources, faults: unreadable }: ParsedFile): Catalog {
  const checked = sources.map(readEntity);
  const entities = checked.flatMap(({ value }) => value ?? []);
  const named = new Map(sources.map((source) => [nameOf(source), source]));
  const written = unreadable.length === 0 ? new Set(named.keys()) : undefined;
  const groups = flattenGroups(entities);
  const faults = [
    ...unreadable,
    ...checked.flatMap((each) => each.faults),
    ...sources.filter((source) => named.get(nameOf(source)) !== source).map(writtenTwice),
    ...unknownReferences(entities, written),
    ...entities.flatMap(missingTier),
    ...entities.flatMap(misplaced),
    ...sharedBetween(entities),
  ];
  return {
    tables: tablesOf(entities, groups),
    written,
    // Who is in a group is only known when everybody and every group could be read.
    faults: faults.length === 0 ? groups.faults : faults,
  };
}

/** Does not depend on files, order or layout. */
export const catalogDigest = (sources: readonly Source[]) =>
  digestOf(Object.fromEntries(sources.map((source) => [nameOf(source), source.value])));

const headSchema = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });

/** `kind:name` of an entity that may be faulty otherwise. */
function nameOf(source: Source): string {
  const { data } = headSchema.safeParse(source.value);
  return data ? refOf(data) : '';
}

const writtenTwice = (source: Source) =>
  source.fault(['metadata', 'name'], `${nameOf(source)} is in the catalog twice: keep one of them`);

const REFERENCES = new Set([
  'owner',
  'system',
  'subcomponentOf',
  'providesApis',
  'consumesApis',
  'dependsOn',
  'dependencyOf',
  'parent',
  'children',
  'members',
  'memberOf',
]);

/** Each search compares with every name of the catalog: nobody needs ten thousand of them. */
const MOST_SEARCHES = 20;

function unknownReferences(entities: readonly Entity[], written: Catalog['written']): ConfigFault[] {
  const faults: ConfigFault[] = [];
  for (const { spec, source } of entities) {
    const ofReferences = Object.fromEntries(Object.entries(spec).filter(([key]) => REFERENCES.has(key)));
    for (const { path, text } of textsIn(ofReferences)) {
      const searched = faults.length < MOST_SEARCHES;
      faults.push(...unknownReference(source, ['spec', ...path], text, written, searched));
    }
  }
  return faults;
}

function missingTier(entity: Entity): ConfigFault[] {
  if (entity.kind !== 'Component' || entity.spec.type !== 'service') return [];
  if (entity.metadata.annotations[SERVICE_TIER] !== undefined) return [];
  const problem = `is missing: write "1" (most critical) to "4", as every service needs it`;
  return [entity.source.fault(['metadata', 'annotations', SERVICE_TIER], problem)];
}

/** An annotation that nobody reads here looks as if it did something. */
function misplaced(entity: Entity): ConfigFault[] {
  if (entity.kind !== 'Component') return [];
  const problems: Readonly<Record<string, string>> = isService(entity)
    ? {
        [AUTONOMY]: 'belongs to agents, of type ai-agent: a service has no level',
        [SIGNING_KEYS]: 'belongs to people, and to agents of type ai-agent: a service signs nothing',
      }
    : { [TIME_ZONE]: 'belongs to services: the time of an action is that of its target' };
  return Object.entries(problems).flatMap(([annotation, problem]) =>
    entity.metadata.annotations[annotation] === undefined
      ? []
      : [entity.source.fault(['metadata', 'annotations', annotation], problem)],
  );
}

function tablesOf(entities: readonly Entity[], { members, parents }: Groups): Catalog['tables'] {
  const components = entities.filter((entity) => entity.kind === 'Component');
  const users = entities.filter((entity) => entity.kind === 'User');
  const needs = serviceDependencies(entities);
  const databases = databaseOwners(entities);
  const services = byName(components.filter(isService), (service) => {
    const { name, annotations } = service.metadata;
    return {
      name,
      owner: service.spec.owner,
      serviceTier: tierIn(annotations[SERVICE_TIER]),
      dependsOn: needs.get(name) ?? [],
      timeZone: annotations[TIME_ZONE],
      dataOwners: [...(databases.get(refOf(service)) ?? [])].sort(),
      ...factsIn(annotations),
    };
  });
  return {
    groups: members,
    groupParents: parents,
    services,
    dependents: dependentsOf(services),
    agents: byName(
      components.filter((component) => !isService(component)),
      (agent) => ({
        id: agent.metadata.name,
        owner: agent.spec.owner,
        level: levelIn(agent.metadata.annotations[AUTONOMY]),
        ...(keysOf(agent).length > 0 ? { keys: keysOf(agent) } : {}),
      }),
    ),
    people: byName(users, (user) => {
      const { name, annotations } = user.metadata;
      const { displayName = name, email } = user.spec.profile;
      const { [SUBJECT]: subject, [TIME_ZONE]: timeZone } = annotations;
      return {
        ...{ name, displayName, email, keys: keysOf(user) },
        ...(subject === undefined ? {} : { subject }),
        ...(timeZone === undefined ? {} : { timeZone }),
      };
    }),
  };
}

const byName = <E extends Entity, T>(entities: readonly E[], toRow: (entity: E) => T) =>
  Object.fromEntries(entities.map((entity) => [entity.metadata.name, toRow(entity)]));

/** A component whose criticality nobody stated counts as the most critical. */
function tierIn(annotation: string | undefined): ServiceTier {
  const tiers: Readonly<Record<string, ServiceTier>> = { 1: 1, 2: 2, 3: 3, 4: 4 };
  return tiers[annotation ?? '1'] ?? 1;
}

/** What is not stated is left out: what that means is the assessment's to say. */
function factsIn(
  annotations: Readonly<Record<string, string>>,
): Pick<Service, 'costPerHour' | 'dataClassification' | 'slo'> {
  const { [COST_PER_HOUR]: cost, [DATA_CLASSIFICATION]: written, [SLO]: slo } = annotations;
  const dataClassification = DATA_CLASSIFICATIONS.find((known) => known === written);
  return {
    ...(cost === undefined ? {} : { costPerHour: Number(cost) }),
    ...(dataClassification ? { dataClassification } : {}),
    ...(slo === undefined ? {} : { slo: Number(slo) }),
  };
}

/** An agent of which nobody stated it is assisted: people approve each of its actions. */
function levelIn(annotation: string | undefined): Level {
  const levels: Readonly<Record<string, Level>> = { 0: 0, 1: 1, 2: 2, 3: 3 };
  return levels[annotation ?? '1'] ?? 0;
}

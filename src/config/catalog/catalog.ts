import { z } from 'zod';
import type { ServiceTier } from '../../domain/action/action.ts';
import type { Level } from '../../domain/action/autonomy-level.ts';
import { OURSELVES } from '../../domain/action/take-back.ts';
import {
  DATA_CLASSIFICATIONS,
  type Installation,
  type Service,
} from '../../domain/installation/installation.ts';
import { dependentsOf } from '../../domain/risk/blast-radius.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import type { ConfigFault } from '../source/fault.ts';
import { unknownReference, type WrittenNames } from '../source/reference.ts';
import { type ParsedFile, type Path, type Source, textsIn } from '../source/yaml-files.ts';
import { databaseOwners, dependenciesOf, isService, serviceDependencies } from './dependencies.ts';
import {
  AUTONOMY,
  COST_PER_HOUR,
  DATA_CLASSIFICATION,
  type Entity,
  governs,
  isInDefault,
  isRead,
  qualified,
  readEntity,
  refOf,
  SERVICE_TIER,
  SIGNING_KEYS,
  SLO,
  SUBJECT,
  TIME_ZONE,
} from './entity.ts';
import { flattenGroups, type Groups } from './groups.ts';
import { keysOf, type Shared, sharedBetween } from './shared-identities.ts';

export interface Catalog extends WrittenNames {
  /** Reliable only when there are no faults. */
  readonly tables: Pick<
    Installation,
    'services' | 'dependents' | 'people' | 'groups' | 'groupParents' | 'agents'
  >;
  readonly faults: readonly ConfigFault[];
  /** Notes on parts of the catalog that are not read or lead nowhere, and that nothing here depends on. */
  readonly notes: readonly ConfigFault[];
}

/**
 * Checks the catalog's entities, each by itself and then all together. Problems in entities that Countersign uses are faults; all others
 * are notes.
 */
export function readCatalog({ sources, faults: unreadable }: ParsedFile): Catalog {
  const readEntities = sources.map(readEntity);
  const entities = readEntities.flatMap(({ value }) => value ?? []);
  const readable = sources.filter(isRead);
  const sourceByName = new Map(readable.map((source) => [nameOf(source), source]));
  const sharedIdentities = sharedBetween(entities);
  const unusable = new Map(
    entities
      .filter((entity) => entity.kind === 'User')
      .flatMap((user) => whyUnusable(user, sharedIdentities)),
  );
  const people = new Set(entities.filter(({ kind }) => kind === 'User').map(refOf));
  for (const ref of unusable.keys()) people.delete(ref);
  const groups = flattenGroups(entities, people);
  for (const [ref, why] of groups.unusable) unusable.set(ref, why);
  for (const group of entities.filter((entity) => entity.kind === 'Group'))
    if (!isInDefault(group)) unusable.set(refOf(group), OTHER_NAMESPACE);

  const isWhole = unreadable.length === 0;
  const allNames = isWhole ? new Set(sourceByName.keys()) : undefined;
  const usableNames = allNames && new Set([...allNames].filter((ref) => !unusable.has(ref)));
  const findings: Found[] = [
    ...readable
      .filter((source) => nameOf(source) !== '' && sourceByName.get(nameOf(source)) !== source)
      .map(writtenTwice),
    ...unknownReferences(entities, { written: allNames, unusable: new Map() }),
    ...entities.flatMap(
      ownersOf({ written: usableNames, unusable }, { written: allNames, unusable: new Map() }),
    ),
    ...sharedIdentities.map(({ fault, between }) => ({
      fault,
      isFault: between.some(isGoverned),
    })),
    ...circlesIn(entities),
  ];
  return {
    tables: tablesOf(entities, groups, people),
    written: usableNames,
    unusable,
    faults: [
      ...unreadable,
      ...readEntities.flatMap((readEntry) => readEntry.faults),
      ...findings.filter(({ isFault }) => isFault).map(({ fault }) => fault),
      ...entities.flatMap(missingFrom),
      ...entities.flatMap(misplacedFaults),
      ...entities.flatMap(reservedFaults),
    ],
    notes: [
      ...readEntities.flatMap((readEntry) => readEntry.notes),
      ...findings.filter(({ isFault }) => !isFault).map(({ fault }) => fault),
      ...entities.flatMap((entity) => whyNotAsked(entity, unusable)),
      ...entities.flatMap(notTargeted),
    ],
  };
}

/** A problem, and whether it is a fault: whether Countersign uses what is wrong. */
interface Found {
  readonly fault: ConfigFault;
  readonly isFault: boolean;
}

const isGoverned = ({ source }: Entity) => governs(source);

const OTHER_NAMESPACE = 'is in another namespace than default: nobody is asked there';

function whyUnusable(
  user: Entity & { kind: 'User' },
  sharedIdentities: readonly Shared[],
): [string, string][] {
  const because = (why: string): [string, string][] => [[refOf(user), why]];
  if (!isInDefault(user)) return because(OTHER_NAMESPACE);
  if (user.spec.profile?.email === undefined) return because('has no address: write spec.profile.email');
  return sharedIdentities.some(({ between }) => between.includes(user) && !between.some(isGoverned))
    ? because('shares a mailbox with somebody: give each person an own one')
    : [];
}

/** Notes that a person or a group cannot be asked. The note is made once at the entity; places that name the entity report it again. */
function whyNotAsked(entity: Entity, unusable: WrittenNames['unusable']): ConfigFault[] {
  const why = entity.kind === 'User' || entity.kind === 'Group' ? unusable.get(refOf(entity)) : undefined;
  if (why === undefined || (entity.kind === 'User' && governs(entity.source))) return [];
  return [entity.source.fault(['metadata', 'name'], `${refOf(entity)} ${why}`)];
}

const NO_TIER = `is no target of actions: its ${SERVICE_TIER} is not stated in the catalog`;

/** The note on a component without a service tier. It is the same for all of them, because most catalogs have no tiers. */
function notTargeted(entity: Entity): ConfigFault[] {
  if (entity.kind !== 'Component' || governs(entity.source)) return [];
  return [entity.source.fault(['metadata', 'name'], `${qualified(entity.metadata)} ${NO_TIER}`)];
}

/** Returns the digest of the catalog. It does not depend on files, order or layout, nor on entities that are not read. */
export const catalogDigest = (sources: readonly Source[]) =>
  digestOf(Object.fromEntries(sources.filter(isRead).map((source) => [nameOf(source), source.value])));

const headSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** Returns `kind:name` of an entity, which may be faulty otherwise; empty when it has no kind or name. */
function nameOf(source: Source): string {
  const { data } = headSchema.safeParse(source.value);
  return data ? refOf(data) : '';
}

const writtenTwice = (source: Source): Found => ({
  fault: source.fault(['metadata', 'name'], `${nameOf(source)} is in the catalog twice: keep one of them`),
  isFault: governs(source) || /^(user|group):/.test(nameOf(source)),
});

const REFERENCES = new Set([
  'system',
  'domain',
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

/** The most searches for a similar name. Each compares with every name of the catalog, and nobody needs ten thousand suggestions. */
const MOST_SEARCHES = 20;

function unknownReferences(entities: readonly Entity[], names: WrittenNames): Found[] {
  const findings: Found[] = [];
  for (const { spec, source } of entities) {
    const ofReferences = Object.fromEntries(Object.entries(spec).filter(([key]) => REFERENCES.has(key)));
    for (const { path, text } of textsIn(ofReferences)) {
      const withHint = findings.length < MOST_SEARCHES;
      const faults = unknownReference(source, ['spec', ...path], text, names, withHint);
      findings.push(...faults.map((fault) => ({ fault, isFault: governs(source) })));
    }
  }
  return findings;
}

/** Checks owners. The owner of a target, of an agent or of a target's database is asked, or is never asked, so the owner must be known. */
function ownersOf(
  askable: WrittenNames,
  names: WrittenNames,
): (entity: Entity, i: number, entities: readonly Entity[]) => Found[] {
  return (entity, _, entities) => {
    if (entity.kind === 'User' || entity.kind === 'Group' || entity.spec.owner === undefined) return [];
    const ref = refOf(entity);
    const isFault =
      governs(entity.source) ||
      (entity.kind === 'Resource' &&
        entity.spec.type === 'database' &&
        entities.some(
          (dependent) =>
            governs(dependent.source) &&
            dependenciesOf(dependent).some(([, dependency]) => dependency === ref),
        ));
    const faults = unknownReference(
      entity.source,
      ['spec', 'owner'],
      entity.spec.owner,
      isFault ? askable : names,
      isFault,
    );
    return faults.map((fault) => ({ fault, isFault }));
  };
}

/** Notes entities that depend on themselves, directly or through others: each circle once, at its first entity. */
function circlesIn(entities: readonly Entity[]): Found[] {
  const needs = new Map<string, string[]>();
  for (const [from, to] of entities.flatMap(dependenciesOf))
    needs.set(from, [...(needs.get(from) ?? []), to]);
  const namedInCircle = new Set<string>();
  return entities.flatMap((entity) => {
    const ref = refOf(entity);
    const circle = namedInCircle.has(ref) ? undefined : wayBack(ref, needs);
    if (!circle) return [];
    for (const member of circle) namedInCircle.add(member);
    const problem =
      circle.length === 1
        ? `${ref} depends on itself`
        : `these depend on each other in a circle: ${[...circle, ref].join(' -> ')}`;
    return [{ fault: entity.source.fault(['metadata', 'name'], problem), isFault: false }];
  });
}

/** Returns the shortest way from an entity back to itself; undefined if there is none. */
function wayBack(start: string, needs: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const from = new Map<string, string>();
  const queue = [start];
  for (const ref of queue) {
    for (const next of needs.get(ref) ?? []) {
      if (next === start) {
        const way = [ref];
        for (let at = ref; at !== start; at = from.get(at) ?? start) way.unshift(from.get(at) ?? start);
        return way;
      }
      if (!from.has(next)) queue.push(next);
      if (!from.has(next)) from.set(next, ref);
    }
  }
  return undefined;
}

/** Returns the missing members of an entity that Countersign uses. */
function missingFrom(entity: Entity): ConfigFault[] {
  if (!governs(entity.source)) return [];
  const missingFault = (path: Path, content: string) => [
    entity.source.fault(path, `is missing: write ${content}`),
  ];
  const namespace = isInDefault(entity)
    ? []
    : [entity.source.fault(['metadata', 'namespace'], 'must be default: nothing here goes by another one')];
  switch (entity.kind) {
    case 'User':
      return [
        ...namespace,
        ...(entity.spec.profile?.email === undefined
          ? missingFault(['spec', 'profile', 'email'], 'a text')
          : []),
      ];
    case 'Component':
      return [
        ...namespace,
        ...(entity.spec.type === undefined ? missingFault(['spec', 'type'], 'a text') : []),
        ...(entity.spec.owner === undefined
          ? missingFault(['spec', 'owner'], 'group:name or user:name')
          : []),
        ...(isService(entity) && entity.metadata.annotations[SERVICE_TIER] === undefined
          ? missingFault(['metadata', 'annotations', SERVICE_TIER], TIERS)
          : []),
      ];
    default:
      return namespace;
  }
}

const TIERS = '"1" (most critical) to "4", as every target needs it';

/** Returns the annotations that have no effect on this type of component, because an annotation without effect is misleading. */
function misplacedFaults(entity: Entity): ConfigFault[] {
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

/** Returns the fault of an agent that has our own name, by which we ask for people. */
const reservedFaults = (entity: Entity): ConfigFault[] =>
  entity.kind === 'Component' && !isService(entity) && entity.metadata.name === OURSELVES.id
    ? [
        entity.source.fault(
          ['metadata', 'name'],
          `${OURSELVES.id} is the name by which Countersign itself asks: give the agent another one`,
        ),
      ]
    : [];

function tablesOf(
  entities: readonly Entity[],
  { members, parents }: Groups,
  people: ReadonlySet<string>,
): Catalog['tables'] {
  const components = entities.filter((entity) => entity.kind === 'Component');
  const users = entities.filter((entity) => entity.kind === 'User').filter((user) => people.has(refOf(user)));
  const needs = serviceDependencies(entities);
  const databases = databaseOwners(entities);
  const services = byName(components.filter(isService), (service) => {
    const { annotations } = service.metadata;
    const name = qualified(service.metadata);
    return {
      name,
      owner: service.spec.owner ?? 'group:unknown',
      serviceTier: tierIn(annotations[SERVICE_TIER]),
      ...(annotations[SERVICE_TIER] === undefined ? { notTarget: NO_TIER } : {}),
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
        owner: agent.spec.owner ?? 'group:unknown',
        level: levelIn(agent.metadata.annotations[AUTONOMY]),
        ...(keysOf(agent).length > 0 ? { keys: keysOf(agent) } : {}),
      }),
    ),
    people: byName(users, (user) => {
      const { name, annotations } = user.metadata;
      const { displayName = name, email = '' } = user.spec.profile ?? {};
      const { [SUBJECT]: subject, [TIME_ZONE]: timeZone } = annotations;
      return {
        name,
        displayName,
        email,
        keys: keysOf(user),
        ...(subject === undefined ? {} : { subject }),
        ...(timeZone === undefined ? {} : { timeZone }),
      };
    }),
  };
}

const byName = <E extends Entity, T>(entities: readonly E[], toRow: (entity: E) => T) =>
  Object.fromEntries(entities.map((entity) => [qualified(entity.metadata), toRow(entity)]));

/** Returns the service tier. A component without one counts as the most critical. */
function tierIn(annotation: string | undefined): ServiceTier {
  const tiers: Readonly<Record<string, ServiceTier>> = { 1: 1, 2: 2, 3: 3, 4: 4 };
  return tiers[annotation ?? '1'] ?? 1;
}

/** Returns the facts that are stated. Others are left out: the assessment decides what their absence means. */
function factsIn(
  annotations: Readonly<Record<string, string>>,
): Pick<Service, 'costPerHour' | 'dataClassification' | 'slo'> {
  const { [COST_PER_HOUR]: cost, [DATA_CLASSIFICATION]: writtenClass, [SLO]: slo } = annotations;
  const dataClassification = DATA_CLASSIFICATIONS.find((classification) => classification === writtenClass);
  return {
    ...(cost === undefined ? {} : { costPerHour: Number(cost) }),
    ...(dataClassification ? { dataClassification } : {}),
    ...(slo === undefined ? {} : { slo: Number(slo) }),
  };
}

/** Returns the level of an agent. An agent without one starts as assisted: people approve each of its actions. */
function levelIn(annotation: string | undefined): Level {
  const levels: Readonly<Record<string, Level>> = { 0: 0, 1: 1, 2: 2, 3: 3 };
  return levels[annotation ?? '1'] ?? 0;
}

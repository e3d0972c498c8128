import { z } from 'zod';
import type { ServiceTier } from '../../domain/action/action.ts';
import type { Level } from '../../domain/action/autonomy-level.ts';
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
  /** Only to be relied on when there are no faults. */
  readonly tables: Pick<
    Installation,
    'services' | 'dependents' | 'people' | 'groups' | 'groupParents' | 'agents'
  >;
  readonly faults: readonly ConfigFault[];
  /** What is not read of it, or leads nowhere, where nothing here goes by it. */
  readonly notes: readonly ConfigFault[];
}

/** Checks the catalog's entities, each by itself and then all together. What Countersign goes by is faulty; all else is noted. */
export function readCatalog({ sources, faults: unreadable }: ParsedFile): Catalog {
  const checked = sources.map(readEntity);
  const entities = checked.flatMap(({ value }) => value ?? []);
  const readable = sources.filter(isRead);
  const named = new Map(readable.map((source) => [nameOf(source), source]));
  const shared = sharedBetween(entities);
  const unusable = new Map(
    entities.filter((entity) => entity.kind === 'User').flatMap((user) => whyUnusable(user, shared)),
  );
  const people = new Set(entities.filter(({ kind }) => kind === 'User').map(refOf));
  for (const ref of unusable.keys()) people.delete(ref);
  const groups = flattenGroups(entities, people);
  for (const [ref, why] of groups.unusable) unusable.set(ref, why);
  for (const group of entities.filter((entity) => entity.kind === 'Group'))
    if (!isInDefault(group)) unusable.set(refOf(group), OTHER_NAMESPACE);

  const isWhole = unreadable.length === 0;
  const all = isWhole ? new Set(named.keys()) : undefined;
  const written = all && new Set([...all].filter((ref) => !unusable.has(ref)));
  const found: Found[] = [
    ...readable
      .filter((source) => nameOf(source) !== '' && named.get(nameOf(source)) !== source)
      .map(writtenTwice),
    ...unknownReferences(entities, { written: all, unusable: new Map() }),
    ...entities.flatMap(ownersOf({ written, unusable }, { written: all, unusable: new Map() })),
    ...shared.map(({ fault, between }) => ({
      fault,
      isFault: between.some(isGoverned),
    })),
    ...circlesIn(entities),
  ];
  return {
    tables: tablesOf(entities, groups, people),
    written,
    unusable,
    faults: [
      ...unreadable,
      ...checked.flatMap((each) => each.faults),
      ...found.filter(({ isFault }) => isFault).map(({ fault }) => fault),
      ...entities.flatMap(missingFrom),
      ...entities.flatMap(misplaced),
    ],
    notes: [
      ...checked.flatMap((each) => each.notes),
      ...found.filter(({ isFault }) => !isFault).map(({ fault }) => fault),
      ...entities.flatMap((entity) => whyNotAsked(entity, unusable)),
      ...entities.flatMap(notTargeted),
    ],
  };
}

/** What is wrong, and whether Countersign goes by it. */
interface Found {
  readonly fault: ConfigFault;
  readonly isFault: boolean;
}

const isGoverned = ({ source }: Entity) => governs(source);

const OTHER_NAMESPACE = 'is in another namespace than default: nobody is asked there';

function whyUnusable(user: Entity & { kind: 'User' }, shared: readonly Shared[]): [string, string][] {
  const because = (why: string): [string, string][] => [[refOf(user), why]];
  if (!isInDefault(user)) return because(OTHER_NAMESPACE);
  if (user.spec.profile?.email === undefined) return because('has no address: write spec.profile.email');
  return shared.some(({ between }) => between.includes(user) && !between.some(isGoverned))
    ? because('shares a mailbox with somebody: give each person an own one')
    : [];
}

/** Of a person or a group that nobody can be asked in, said once at the entity. What names it says so again. */
function whyNotAsked(entity: Entity, unusable: WrittenNames['unusable']): ConfigFault[] {
  const why = entity.kind === 'User' || entity.kind === 'Group' ? unusable.get(refOf(entity)) : undefined;
  if (why === undefined || (entity.kind === 'User' && governs(entity.source))) return [];
  return [entity.source.fault(['metadata', 'name'], `${refOf(entity)} ${why}`)];
}

const NO_TIER = `is no target of actions: its ${SERVICE_TIER} is not stated in the catalog`;

/** One for all of them: most catalogs know nothing of tiers. */
function notTargeted(entity: Entity): ConfigFault[] {
  if (entity.kind !== 'Component' || governs(entity.source)) return [];
  return [entity.source.fault(['metadata', 'name'], `${qualified(entity.metadata)} ${NO_TIER}`)];
}

/** Does not depend on files, order or layout, nor on what is not read. */
export const catalogDigest = (sources: readonly Source[]) =>
  digestOf(Object.fromEntries(sources.filter(isRead).map((source) => [nameOf(source), source.value])));

const headSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** `kind:name` of an entity that may be faulty otherwise. */
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

/** Each search compares with every name of the catalog: nobody needs ten thousand of them. */
const MOST_SEARCHES = 20;

function unknownReferences(entities: readonly Entity[], written: WrittenNames): Found[] {
  const found: Found[] = [];
  for (const { spec, source } of entities) {
    const ofReferences = Object.fromEntries(Object.entries(spec).filter(([key]) => REFERENCES.has(key)));
    for (const { path, text } of textsIn(ofReferences)) {
      const searched = found.length < MOST_SEARCHES;
      const faults = unknownReference(source, ['spec', ...path], text, written, searched);
      found.push(...faults.map((fault) => ({ fault, isFault: governs(source) })));
    }
  }
  return found;
}

/** Whoever owns a target, an agent or the database of a target is asked, or never asked: they must be known. */
function ownersOf(
  askable: WrittenNames,
  written: WrittenNames,
): (entity: Entity, i: number, all: readonly Entity[]) => Found[] {
  return (entity, _, all) => {
    if (entity.kind === 'User' || entity.kind === 'Group' || entity.spec.owner === undefined) return [];
    const ref = refOf(entity);
    const isFault =
      governs(entity.source) ||
      (entity.kind === 'Resource' &&
        entity.spec.type === 'database' &&
        all.some(
          (other) => governs(other.source) && dependenciesOf(other).some(([, needed]) => needed === ref),
        ));
    const faults = unknownReference(
      entity.source,
      ['spec', 'owner'],
      entity.spec.owner,
      isFault ? askable : written,
      isFault,
    );
    return faults.map((fault) => ({ fault, isFault }));
  };
}

/** What depends on itself, at once or through others: each circle once, at the first of it. */
function circlesIn(entities: readonly Entity[]): Found[] {
  const needs = new Map<string, string[]>();
  for (const [from, to] of entities.flatMap(dependenciesOf))
    needs.set(from, [...(needs.get(from) ?? []), to]);
  const named = new Set<string>();
  return entities.flatMap((entity) => {
    const ref = refOf(entity);
    const circle = named.has(ref) ? undefined : wayBack(ref, needs);
    if (!circle) return [];
    for (const each of circle) named.add(each);
    const problem =
      circle.length === 1
        ? `${ref} depends on itself`
        : `these depend on each other in a circle: ${[...circle, ref].join(' -> ')}`;
    return [{ fault: entity.source.fault(['metadata', 'name'], problem), isFault: false }];
  });
}

/** The shortest way from an entity to itself, where there is one. */
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

/** What Countersign goes by must say what it is. */
function missingFrom(entity: Entity): ConfigFault[] {
  if (!governs(entity.source)) return [];
  const missing = (path: Path, what: string) => [entity.source.fault(path, `is missing: write ${what}`)];
  const namespace = isInDefault(entity)
    ? []
    : [entity.source.fault(['metadata', 'namespace'], 'must be default: nothing here goes by another one')];
  switch (entity.kind) {
    case 'User':
      return [
        ...namespace,
        ...(entity.spec.profile?.email === undefined ? missing(['spec', 'profile', 'email'], 'a text') : []),
      ];
    case 'Component':
      return [
        ...namespace,
        ...(entity.spec.type === undefined ? missing(['spec', 'type'], 'a text') : []),
        ...(entity.spec.owner === undefined ? missing(['spec', 'owner'], 'group:name or user:name') : []),
        ...(isService(entity) && entity.metadata.annotations[SERVICE_TIER] === undefined
          ? missing(['metadata', 'annotations', SERVICE_TIER], TIERS)
          : []),
      ];
    default:
      return namespace;
  }
}

const TIERS = '"1" (most critical) to "4", as every target needs it';

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

function tablesOf(
  entities: readonly Entity[],
  { members, parents }: Groups,
  people: ReadonlySet<string>,
): Catalog['tables'] {
  const components = entities.filter((entity) => entity.kind === 'Component');
  const asked = entities.filter((entity) => entity.kind === 'User').filter((user) => people.has(refOf(user)));
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
    people: byName(asked, (user) => {
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

import { type Entity, isInDefault, refOf } from './entity.ts';

export interface Groups {
  /** Everybody in a group or in a group inside it, by the group's name. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** The groups that a group is inside of, at any depth, by name. */
  readonly parents: Readonly<Record<string, readonly string[]>>;
  /** The groups in which nobody can be asked, with the reason. */
  readonly unusable: ReadonlyMap<string, string>;
}

/**
 * Flattens nested groups. A group is nested by its own `children` or by the other group's `parent`.
 *
 * @param people the people who can be asked, as `user:name`; others are left out of all groups
 */
export function flattenGroups(entities: readonly Entity[], people: ReadonlySet<string>): Groups {
  const groups = entities.filter((entity) => entity.kind === 'Group').filter(isInDefault);
  const users = entities.filter((entity) => entity.kind === 'User');
  const knownGroups = new Set(groups.map(refOf));

  const childGroups = new Map<string, string[]>();
  for (const group of groups) {
    const { parent } = group.spec;
    if (parent !== undefined) childGroups.set(parent, [...(childGroups.get(parent) ?? []), refOf(group)]);
  }
  const groupsInside = new Map(
    groups.map((group) => {
      const ref = refOf(group);
      return [
        ref,
        new Set(
          [...group.spec.children, ...(childGroups.get(ref) ?? [])].filter((child) => knownGroups.has(child)),
        ),
      ];
    }),
  );
  // The set grows while it is walked, so each one ends up with every group inside it, at any depth.
  for (const descendants of groupsInside.values()) {
    for (const ref of descendants) for (const deeper of groupsInside.get(ref) ?? []) descendants.add(deeper);
  }

  const ownMembers = new Map(groups.map((group) => [refOf(group), [...group.spec.members]]));
  for (const user of users) for (const group of user.spec.memberOf) ownMembers.get(group)?.push(refOf(user));
  const membersOf = (ref: string) => {
    const memberRefs = [ref, ...(groupsInside.get(ref) ?? [])].flatMap(
      (group) => ownMembers.get(group) ?? [],
    );
    return [...new Set(memberRefs)]
      .filter((person) => people.has(person))
      .map((person) => person.slice('user:'.length))
      .sort();
  };
  const parents = new Map<string, string[]>();
  for (const [outerGroup, innerGroups] of groupsInside) {
    for (const ref of innerGroups)
      parents.set(ref, [...(parents.get(ref) ?? []), outerGroup.slice('group:'.length)]);
  }
  const members = new Map(groups.map((group) => [refOf(group), membersOf(refOf(group))]));

  const unusable = groups.flatMap((group): [string, string][] => {
    const ref = refOf(group);
    if (groupsInside.get(ref)?.has(ref)) {
      const circle = [...groupsInside.keys()].filter(
        (otherRef) => groupsInside.get(ref)?.has(otherRef) && groupsInside.get(otherRef)?.has(ref),
      );
      return [[ref, circle.length === 1 ? IN_ITSELF : insideEachOther(circle)]];
    }
    return (members.get(ref) ?? []).length > 0 ? [] : [[ref, NOBODY]];
  });
  return {
    members: Object.fromEntries(
      groups.map((group) => [group.metadata.name, members.get(refOf(group)) ?? []]),
    ),
    parents: Object.fromEntries(
      groups.map((group) => [group.metadata.name, (parents.get(refOf(group)) ?? []).sort()]),
    ),
    unusable: new Map(unusable),
  };
}

const IN_ITSELF = 'is inside itself: take it out of its own parent or children';
const insideEachOther = (circle: readonly string[]) =>
  `is in a circle: these groups are inside each other: ${circle.join(', ')}: take one out of the other`;
const NOBODY =
  'has nobody in it who could be asked: name people in its spec.members, or the group in their spec.memberOf';

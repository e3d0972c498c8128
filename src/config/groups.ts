import { type Entity, refOf } from './entity.ts';
import type { ConfigFault } from './fault.ts';

export interface Groups {
  /** Everybody in a group or in a group inside it, by the group's name. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** The groups that a group is inside of, at any depth, by name. */
  readonly parents: Readonly<Record<string, readonly string[]>>;
  readonly faults: readonly ConfigFault[];
}

/** Flattens nested groups. A group may be nested by its own `children` or by the other's `parent`. */
export function flattenGroups(entities: readonly Entity[]): Groups {
  const groups = entities.filter((entity) => entity.kind === 'Group');
  const users = entities.filter((entity) => entity.kind === 'User');

  const nested = new Map<string, string[]>();
  for (const group of groups) {
    const { parent } = group.spec;
    if (parent !== undefined) nested.set(parent, [...(nested.get(parent) ?? []), refOf(group)]);
  }
  const inside = new Map(
    groups.map((group) => {
      const ref = refOf(group);
      return [ref, new Set([...group.spec.children, ...(nested.get(ref) ?? [])])];
    }),
  );
  // A set grows while it is walked, so each one ends up with all that is inside, at any depth.
  for (const all of inside.values()) {
    for (const ref of all) for (const deeper of inside.get(ref) ?? []) all.add(deeper);
  }

  const own = new Map(groups.map((group) => [refOf(group), [...group.spec.members]]));
  for (const user of users) for (const group of user.spec.memberOf) own.get(group)?.push(refOf(user));
  const membersOf = (ref: string) => {
    const people = [ref, ...(inside.get(ref) ?? [])].flatMap((group) => own.get(group) ?? []);
    return [...new Set(people)].map((person) => person.slice('user:'.length)).sort();
  };
  const parents = new Map<string, string[]>();
  for (const [around, all] of inside) {
    for (const ref of all) parents.set(ref, [...(parents.get(ref) ?? []), around.slice('group:'.length)]);
  }
  const members = new Map(groups.map((group) => [refOf(group), membersOf(refOf(group))]));

  const faults = groups.flatMap((group) => {
    const ref = refOf(group);
    if (inside.get(ref)?.has(ref)) {
      const circle = [...inside.keys()].filter(
        (other) => inside.get(ref)?.has(other) && inside.get(other)?.has(ref),
      );
      const problem = `these groups are inside each other: ${circle.join(', ')}: take one out of the other`;
      // Once for the whole circle.
      return circle[0] === ref ? [group.source.fault(['metadata', 'name'], problem)] : [];
    }
    if ((members.get(ref) ?? []).length > 0) return [];
    const problem =
      'nobody is in this group: name people in its spec.members or the group in their spec.memberOf';
    return [group.source.fault(['metadata', 'name'], problem)];
  });
  return {
    members: Object.fromEntries(
      groups.map((group) => [group.metadata.name, members.get(refOf(group)) ?? []]),
    ),
    parents: Object.fromEntries(
      groups.map((group) => [group.metadata.name, (parents.get(refOf(group)) ?? []).sort()]),
    ),
    faults,
  };
}

import { type Entity, refOf } from './entity.ts';
import type { ConfigFault } from './fault.ts';

export interface Groups {
  /** Everybody in a group or in a group inside it, by the group's name. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly faults: readonly ConfigFault[];
}

/** Flattens nested groups. A group may be nested by its own `children` or by the other's `parent`. */
export function flattenGroups(entities: readonly Entity[]): Groups {
  const groups = entities.filter((entity) => entity.kind === 'Group');
  const users = entities.filter((entity) => entity.kind === 'User');

  const inside = new Map(
    groups.map((group) => {
      const ref = refOf(group);
      const nested = groups.filter(({ spec }) => spec.parent === ref).map(refOf);
      return [ref, new Set([...group.spec.children, ...nested])];
    }),
  );
  // A set grows while it is walked, so each one ends up with all that is inside, at any depth.
  for (const all of inside.values()) {
    for (const ref of all) for (const deeper of inside.get(ref) ?? []) all.add(deeper);
  }

  const membersOf = (ref: string) => {
    const refs = [ref, ...(inside.get(ref) ?? [])];
    const listed = groups.filter((group) => refs.includes(refOf(group))).flatMap(({ spec }) => spec.members);
    const joined = users.filter(({ spec }) => spec.memberOf.some((group) => refs.includes(group))).map(refOf);
    return [...new Set([...listed, ...joined])].map((person) => person.slice('user:'.length)).sort();
  };

  const faults = groups.flatMap((group) => {
    const ref = refOf(group);
    const circle = [...inside.keys()].filter(
      (other) => inside.get(ref)?.has(other) && inside.get(other)?.has(ref),
    );
    if (circle.length > 0) {
      const problem = `these groups are inside each other: ${circle.join(', ')}: take one out of the other`;
      // Once for the whole circle.
      return circle[0] === ref ? [group.source.fault(['metadata', 'name'], problem)] : [];
    }
    if (membersOf(ref).length > 0) return [];
    const problem =
      'nobody is in this group: name people in its spec.members or the group in their spec.memberOf';
    return [group.source.fault(['metadata', 'name'], problem)];
  });
  return {
    members: Object.fromEntries(groups.map((group) => [group.metadata.name, membersOf(refOf(group))])),
    faults,
  };
}

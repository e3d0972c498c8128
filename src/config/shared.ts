import { mailboxOf } from '../domain/mailbox.ts';
import { type Entity, keysIn, SIGNING_KEYS, SUBJECT } from './entity.ts';
import type { ConfigFault } from './fault.ts';
import type { Path } from './yaml-files.ts';

/** What two people or agents must not have in common: with it, one of them could count as both. */
export function sharedBetween(entities: readonly Entity[]): ConfigFault[] {
  const users = entities.filter((entity) => entity.kind === 'User');
  const subjectOf = ({ metadata }: Entity) => metadata.annotations[SUBJECT];
  return [
    ...shared(entities, keysOf, ['metadata', 'annotations', SIGNING_KEYS], (name, other) => {
      return `${name} has the same key as ${other}: run "countersign keys" for one of them`;
    }),
    ...shared(
      users,
      ({ spec }) => [mailboxOf(spec.profile.email)],
      ['spec', 'profile', 'email'],
      (name, other) =>
        `${name} reads the same mailbox as ${other} (letter case and what follows a "+" do not tell mailboxes apart): give each person an own one, or keep one of them`,
    ),
    ...shared(
      users,
      (user) => [subjectOf(user) ?? []].flat(),
      ['metadata', 'annotations', SUBJECT],
      (name, other) => `${name} signs in as the same subject as ${other}: each account is one person's`,
    ),
  ];
}

/** Public keys that a person or an agent signs with. */
export function keysOf({ kind, metadata }: Entity): string[] {
  const written = kind === 'User' || kind === 'Component' ? metadata.annotations[SIGNING_KEYS] : undefined;
  return written === undefined ? [] : keysIn(written);
}

function shared<E extends Entity>(
  entities: readonly E[],
  valuesOf: (entity: E) => readonly string[],
  path: Path,
  problem: (name: string, other: string) => string,
): ConfigFault[] {
  const owners = new Map<string, Entity>();
  return entities.flatMap((entity) =>
    valuesOf(entity).flatMap((value) => {
      const owner = owners.get(value) ?? entity;
      owners.set(value, owner);
      return owner === entity
        ? []
        : [entity.source.fault(path, problem(entity.metadata.name, owner.metadata.name))];
    }),
  );
}

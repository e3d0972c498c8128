import { mailboxOf } from '../../domain/shared/email-address.ts';
import type { ConfigFault } from '../source/fault.ts';
import type { Path } from '../source/yaml-files.ts';
import { type Entity, isInDefault, keysIn, SIGNING_KEYS, SUBJECT } from './entity.ts';

export interface Shared {
  readonly fault: ConfigFault;
  readonly between: readonly [Entity, Entity];
}

/** Returns the keys, mailboxes and subjects that two people or agents share. With a shared one, one person could count as two. */
export function sharedBetween(entities: readonly Entity[]): Shared[] {
  const users = entities.filter((entity) => entity.kind === 'User').filter(isInDefault);
  const subjectOf = ({ metadata }: Entity) => metadata.annotations[SUBJECT];
  return [
    ...sharedValues(entities, keysOf, ['metadata', 'annotations', SIGNING_KEYS], (name, otherName) => {
      return `${name} has the same key as ${otherName}: run "countersign keys" for one of them`;
    }),
    ...sharedValues(
      users,
      ({ spec: { profile } }) => (profile?.email === undefined ? [] : [mailboxOf(profile.email)]),
      ['spec', 'profile', 'email'],
      (name, otherName) =>
        `${name} reads the same mailbox as ${otherName} (letter case and what follows a "+" do not tell mailboxes apart): give each person an own one, or keep one of them`,
    ),
    ...sharedValues(
      users,
      (user) => [subjectOf(user) ?? []].flat(),
      ['metadata', 'annotations', SUBJECT],
      (name, otherName) =>
        `${name} signs in as the same subject as ${otherName}: each account is one person's`,
    ),
  ];
}

/** Returns the public keys that a person or an agent signs with. */
export function keysOf({ kind, metadata }: Entity): string[] {
  const keysText = kind === 'User' || kind === 'Component' ? metadata.annotations[SIGNING_KEYS] : undefined;
  return keysText === undefined ? [] : keysIn(keysText);
}

function sharedValues<E extends Entity>(
  entities: readonly E[],
  valuesOf: (entity: E) => readonly string[],
  path: Path,
  problem: (name: string, otherName: string) => string,
): Shared[] {
  const owners = new Map<string, Entity>();
  return entities.flatMap((entity) =>
    valuesOf(entity).flatMap((value) => {
      const owner = owners.get(value) ?? entity;
      owners.set(value, owner);
      return owner === entity
        ? []
        : [
            {
              fault: entity.source.fault(path, problem(entity.metadata.name, owner.metadata.name)),
              between: [entity, owner],
            },
          ];
    }),
  );
}

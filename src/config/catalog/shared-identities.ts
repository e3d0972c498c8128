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
    ...shared(entities, keysOf, ['metadata', 'annotations', SIGNING_KEYS], (name, other) => {
      return `${name} has the same key as ${other}: run "countersign keys" for one of them`;
    }),
    ...shared(
      users,
      ({ spec: { profile } }) => (profile?.email === undefined ? [] : [mailboxOf(profile.email)]),
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

/** Returns the public keys that a person or an agent signs with. */
export function keysOf({ kind, metadata }: Entity): string[] {
  const written = kind === 'User' || kind === 'Component' ? metadata.annotations[SIGNING_KEYS] : undefined;
  return written === undefined ? [] : keysIn(written);
}

function shared<E extends Entity>(
  entities: readonly E[],
  valuesOf: (entity: E) => readonly string[],
  path: Path,
  problem: (name: string, other: string) => string,
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

import type { Authentication } from './decision-statement.ts';

/** A person who may decide, with the Ed25519 public keys pinned when the action was ruled on. */
export interface Approver {
  readonly person: string;
  readonly keys: readonly string[];
  /** Whether they can sign in at the gateway, which then signs for them. */
  readonly signsIn?: true | undefined;
  /** The people in whose place this person decides, by delegation. The person still counts once. */
  readonly actsFor?: readonly string[] | undefined;
}

/** A number of distinct people of one group. The approvers contain nobody of the requester's side. */
export interface Quorum {
  readonly atLeast: number;
  /** The group as operators named it, for people to read. */
  readonly group: string;
  readonly approvers: readonly Approver[];
  /** People of the group who may not decide on this action, and why. The reason is what they are told when they try. */
  readonly excluded: readonly Excluded[];
}

export interface Excluded {
  readonly person: string;
  readonly reason: string;
  /**
   * INVARIANT 14: the denial of this person counts although they may not approve, because the requester's side put them on its side. Their
   * keys as pinned.
   */
  readonly denies?: Approver | undefined;
}

/** Who must approve: people of one group, all of several requirements, or any one of them. */
export type Requirement =
  | Quorum
  | { readonly allOf: readonly Requirement[] }
  | { readonly anyOf: readonly Requirement[] };

export interface Vote {
  readonly person: string;
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string | undefined;
  /** The digests of the findings that an approval confirms, as signed. */
  readonly confirmed?: readonly string[] | undefined;
  /** Milliseconds since the epoch, as signed. */
  readonly decidedAt: number;
  /** The signed statement itself, kept as the evidence. */
  readonly jws: string;
  readonly authentication: Authentication;
}

/** A vote that its person withdrew. It does not count. */
export interface Withdrawal extends Vote {
  /** Milliseconds since the epoch, as signed. */
  readonly withdrawnAt: number;
  /** The signed statement that withdrew the vote. */
  readonly withdrawal: string;
}

/** Returns everybody who may decide, each once, with the keys and delegations from all groups together. */
export function approversOf(requirement: Requirement): Approver[] {
  const byPerson = new Map<string, Approver>();
  for (const approver of quorumsIn(requirement).flatMap(({ approvers }) => approvers)) {
    const existing = byPerson.get(approver.person);
    const keys = [...new Set([...(existing?.keys ?? []), ...approver.keys])];
    const actsFor = [...new Set([...(existing?.actsFor ?? []), ...(approver.actsFor ?? [])])];
    byPerson.set(approver.person, {
      ...existing,
      ...approver,
      keys,
      ...(actsFor.length > 0 ? { actsFor } : {}),
    });
  }
  return [...byPerson.values()];
}

export const peopleIn = (requirement: Requirement) => approversOf(requirement).map(({ person }) => person);

/** The approvers who are able to decide: they have a key, or can sign in at the gateway. */
export const ableIn = (requirement: Requirement) =>
  approversOf(requirement)
    .filter(canDecide)
    .map(({ person }) => person);

export const canDecide = ({ keys, signsIn }: Approver) => keys.length > 0 || signsIn === true;

/** Returns the people who may not decide, each once. */
export const excludedFrom = (requirement: Requirement): Quorum['excluded'] => [
  ...new Map(
    quorumsIn(requirement).flatMap(({ excluded }) =>
      excluded.map((exclusion) => [exclusion.person, exclusion] as const),
    ),
  ).values(),
];

/** Returns the excluded people whose denial counts all the same, with their pinned keys. */
export const denyingIn = (requirement: Requirement): Approver[] =>
  excludedFrom(requirement).flatMap(({ denies }) => denies ?? []);

/** The names of the groups whose people may decide, for example "checkout-team or security". */
export const groupsIn = (requirement: Requirement): string =>
  [...new Set(quorumsIn(requirement).map(({ group }) => group))].join(' or ');

/** The requirement in one line, for example "1 of checkout-team and 1 of security". */
export function textOf(requirement: Requirement): string {
  if ('group' in requirement) return `${requirement.atLeast} of ${requirement.group}`;
  const kind = 'allOf' in requirement ? 'allOf' : 'anyOf';
  const partsWithin = (node: Requirement): readonly Requirement[] =>
    kind in node ? partsOf(node).flatMap(partsWithin) : [node];
  const texts = partsWithin(requirement).map((part) =>
    'group' in part ? textOf(part) : `(${textOf(part)})`,
  );
  return joined(texts, kind === 'allOf' ? 'and' : 'or');
}

function partsOf(node: Requirement): readonly Requirement[] {
  if ('allOf' in node) return node.allOf;
  return 'anyOf' in node ? node.anyOf : [];
}

/** Joins parts with the word, and with a comma as well when a part contains an "and" or "or" itself. */
export const joined = (parts: readonly string[], word: 'and' | 'or') =>
  parts.join(parts.some((part) => / (and|or) /.test(part)) ? `, ${word} ` : ` ${word} `);

/** The quorums of the requirement, in the order in which they are written. */
export const quorumsIn = (requirement: Requirement): Quorum[] =>
  'group' in requirement ? [requirement] : partsOf(requirement).flatMap(quorumsIn);

/** Returns the same tree with each quorum changed. */
export function mapQuorums(requirement: Requirement, change: (quorum: Quorum) => Quorum): Requirement {
  const mapParts = (parts: readonly Requirement[]) => parts.map((part) => mapQuorums(part, change));
  if ('allOf' in requirement) return { allOf: mapParts(requirement.allOf) };
  if ('anyOf' in requirement) return { anyOf: mapParts(requirement.anyOf) };
  return change(requirement);
}

/** Returns every way to meet the requirement; each way is the list of quorums that must all be complete. */
export function waysOf(requirement: Requirement): Quorum[][] {
  if ('group' in requirement) return [[requirement]];
  if ('anyOf' in requirement) return requirement.anyOf.flatMap(waysOf);
  return requirement.allOf
    .map(waysOf)
    .reduce<Quorum[][]>(
      (combinations, ways) => combinations.flatMap((way) => ways.map((next) => [...way, ...next])),
      [[]],
    );
}

/** A person who may decide, with the Ed25519 public keys pinned when the action was ruled on. */
export interface Approver {
  readonly person: string;
  readonly keys: readonly string[];
}

/** So many distinct people of a group. Nobody of the requester's side is among the approvers. */
export interface Quorum {
  readonly atLeast: number;
  /** The group as operators named it, for people to read. */
  readonly group: string;
  readonly approvers: readonly Approver[];
  /** People of the group who may not decide on this action, and why: so that they are told more than "no". */
  readonly excluded: readonly { readonly person: string; readonly reason: string }[];
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
  /** Milliseconds since the epoch, as signed. */
  readonly decidedAt: number;
  /** The signed statement itself, kept as the evidence. */
  readonly jws: string;
}

/** Everybody who may decide, each once. */
export function approversOf(requirement: Requirement): Approver[] {
  const keys = new Map<string, readonly string[]>();
  for (const { approvers } of quorumsIn(requirement)) {
    for (const each of approvers) {
      keys.set(each.person, [...new Set([...(keys.get(each.person) ?? []), ...each.keys])]);
    }
  }
  return [...keys].map(([person, own]) => ({ person, keys: own }));
}

export const peopleIn = (requirement: Requirement) => approversOf(requirement).map(({ person }) => person);

/** Those of them who can sign: someone without a key cannot. */
export const ableIn = (requirement: Requirement) =>
  approversOf(requirement).flatMap(({ person, keys }) => (keys.length > 0 ? [person] : []));

/** Everybody who may not, each once. */
export const excludedFrom = (requirement: Requirement): Quorum['excluded'] => [
  ...new Map(
    quorumsIn(requirement).flatMap(({ excluded }) => excluded.map((each) => [each.person, each] as const)),
  ).values(),
];

/** The groups whose people may decide, such as "checkout-team or security". */
export const groupsIn = (requirement: Requirement): string =>
  [...new Set(quorumsIn(requirement).map(({ group }) => group))].join(' or ');

/** One line, such as "1 of checkout-team and 1 of security". */
export function textOf(requirement: Requirement): string {
  if ('group' in requirement) return `${requirement.atLeast} of ${requirement.group}`;
  const kind = 'allOf' in requirement ? 'allOf' : 'anyOf';
  const flat = (node: Requirement): readonly Requirement[] =>
    kind in node ? partsOf(node).flatMap(flat) : [node];
  const texts = flat(requirement).map((part) => ('group' in part ? textOf(part) : `(${textOf(part)})`));
  return joined(texts, kind === 'allOf' ? 'and' : 'or');
}

function partsOf(node: Requirement): readonly Requirement[] {
  if ('allOf' in node) return node.allOf;
  return 'anyOf' in node ? node.anyOf : [];
}

/** With a comma where a part has an "and" or "or" of its own. */
export const joined = (parts: readonly string[], word: 'and' | 'or') =>
  parts.join(parts.some((part) => / (and|or) /.test(part)) ? `, ${word} ` : ` ${word} `);

/** The groups of which people must approve, in the order in which they are written. */
export const quorumsIn = (requirement: Requirement): Quorum[] =>
  'group' in requirement ? [requirement] : partsOf(requirement).flatMap(quorumsIn);

/** Every way to meet a requirement: the groups that must all be complete in it. */
export function waysOf(requirement: Requirement): Quorum[][] {
  if ('group' in requirement) return [[requirement]];
  if ('anyOf' in requirement) return requirement.anyOf.flatMap(waysOf);
  return requirement.allOf
    .map(waysOf)
    .reduce<Quorum[][]>((sofar, ways) => sofar.flatMap((way) => ways.map((next) => [...way, ...next])), [[]]);
}

/** A person who may decide, with the Ed25519 public keys pinned when the action was ruled on. */
export interface Approver {
  readonly person: string;
  readonly keys: readonly string[];
}

/** Who must approve: so many distinct people of a group. Nobody of the requester's side is among the approvers. */
export interface Requirement {
  readonly atLeast: number;
  /** The group as operators named it, for people to read. */
  readonly group: string;
  readonly approvers: readonly Approver[];
  /** People of the group who may not decide on this action, and why: so that they are told more than "no". */
  readonly excluded: readonly { readonly person: string; readonly reason: string }[];
}

export interface Vote {
  readonly person: string;
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string | undefined;
  /** Milliseconds since the epoch, as signed. */
  readonly decidedAt: number;
  /** The signed statement itself, kept as the evidence. */
  readonly jws: string;
}

export type Standing =
  | { readonly kind: 'open'; readonly missing: number }
  | { readonly kind: 'approved'; readonly by: readonly string[] }
  | { readonly kind: 'denied'; readonly by: string; readonly reason: string };

/**
 * INVARIANT 4: one person counts once, the requester's side never counts, and a denial by anyone entitled wins over
 * any number of approvals seen with it.
 */
export function standingOf(requirement: Requirement, votes: readonly Vote[]): Standing {
  const entitled = new Set(requirement.approvers.map(({ person }) => person));
  const counted = votes.filter(({ person }) => entitled.has(person));
  const denial = counted.find(({ verdict }) => verdict === 'deny');
  if (denial) return { kind: 'denied', by: denial.person, reason: denial.reason ?? '' };
  const by = [...new Set(counted.map(({ person }) => person))];
  const missing = requirement.atLeast - by.length;
  return missing > 0 ? { kind: 'open', missing } : { kind: 'approved', by };
}

/** The approvers who could sign: someone without a key cannot. */
export const ableTo = ({ approvers }: Requirement) => approvers.filter(({ keys }) => keys.length > 0);

/** A requirement that its approvers could never meet. */
export const isUnsatisfiable = (requirement: Requirement) => ableTo(requirement).length < requirement.atLeast;

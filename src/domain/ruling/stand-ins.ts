import type { Action } from '../action/action.ts';
import type { Delegation } from '../approval/delegation.ts';
import {
  type Approver,
  ableIn,
  approversOf,
  canDecide,
  type Excluded,
  mapQuorums,
  type Quorum,
  type Requirement,
} from '../approval/requirement.ts';
import { approverNamed } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import { requesterSide } from '../installation/requester-side.ts';
import { permitted } from '../policy/approver-policy.ts';
import { iso } from '../shared/sentence.ts';

/** Who stands where when one action is decided on. */
export interface StandIns {
  /** Why somebody counts to the requester's side besides owning the agent; undefined when they do not. */
  readonly sideOf: (person: string) => string | undefined;
  /** With delegates in the places of those who delegated, without the requester's side, and without whom policy keeps out. */
  readonly arrange: (requirement: Requirement) => Requirement;
  /** The same with everybody in their own place. */
  readonly keep: (requirement: Requirement) => Requirement;
  /** Whom to tell instead: whoever decides in a person's place. */
  readonly reach: (people: readonly string[]) => readonly string[];
  /** The delegations that changed who decides. */
  readonly mattering: (requirements: readonly Requirement[]) => readonly Delegation[];
}

/**
 * INVARIANT 4: whoever edited an action asks for it as it is now, and whoever decides in the place of the requester's side
 * is of that side. A delegate has one place, however many people gave them theirs, and gives none on.
 *
 * INVARIANT 14: a delegation takes nobody's "no" away. Whoever gave their place keeps it as long as the delegate cannot take it; and
 * whom an owner of the agent names as their delegate approves nothing that the agent asks for, and may deny it as before.
 *
 * A doubtful delegation gives no place, and its delegate is on the side of whoever gave it all the same.
 *
 * @param delegations those that hold for the action now
 * @param editors who changed what the agent proposed
 * @param whyNot why policy lets a person not approve it, undefined when it lets them
 */
export function standInsOf(
  installation: Installation,
  action: Action,
  delegations: readonly Delegation[],
  editors: readonly string[],
  whyNot: (person: string) => string | undefined,
): StandIns {
  const owners = new Set(requesterSide(installation, action.agent));
  const edited = new Set(editors);
  const away = new Map(delegations.flatMap((each) => (each.doubtful ? [] : [[each.from, each] as const])));

  function sideOf(person: string): string | undefined {
    if (edited.has(person)) return `${person} edited it, and so asks for it as it is now`;
    const theirs = delegations.find(
      ({ from, to }) => to === person && (owners.has(from) || edited.has(from)),
    );
    return theirs && `${person} decides for ${theirs.from}, who is on the side that asks for it`;
  }

  /** No chains: whoever is away themselves takes nobody's place. Nor does anybody who may not decide, or could not. */
  function standIn(person: string): Delegation | undefined {
    const given = away.get(person);
    if (!given) return undefined;
    const { to } = given;
    const could = canDecide(approverNamed(installation, to)) && whyNot(to) === undefined;
    const free = could && !away.has(to) && !owners.has(to) && sideOf(to) === undefined;
    return free ? given : undefined;
  }

  /** Without the requester's side. */
  const independent = (requirement: Requirement) =>
    mapQuorums(permitted(requirement, sideOf), (quorum) => ({
      ...quorum,
      excluded: quorum.excluded.map((each) => (owned(each.person) ? denying(each) : each)),
    }));

  /** Whether somebody is of that side by the word of an owner alone. */
  const owned = (person: string) =>
    !owners.has(person) && !edited.has(person) && sideOf(person) !== undefined;

  const denying = (each: Excluded): Excluded => ({
    ...each,
    denies: approverNamed(installation, each.person),
  });

  function inTheirPlaces(quorum: Quorum): Quorum {
    const seats = new Map<string, Approver>();
    for (const approver of quorum.approvers) {
      const to = standIn(approver.person)?.to;
      const sitting = to === undefined ? approver : approverNamed(installation, to);
      const actsFor = [
        ...(seats.get(sitting.person)?.actsFor ?? []),
        ...(to === undefined ? [] : [approver.person]),
      ];
      seats.set(sitting.person, { ...sitting, ...(actsFor.length > 0 ? { actsFor } : {}) });
    }
    const gone = quorum.approvers.flatMap(({ person }) => {
      const given = standIn(person);
      if (!given || seats.has(person)) return [];
      return [{ person, reason: `${given.to} decides in their place until ${iso(given.until)}` }];
    });
    const arranged = { ...quorum, approvers: [...seats.values()], excluded: [...quorum.excluded, ...gone] };
    // Two who gave their places to the same person would leave too few: then they keep them.
    return ableIn(arranged).length < quorum.atLeast ? quorum : arranged;
  }

  // Policy is asked of whoever has the place: a delegate decides by what it lets the delegate do.
  const arrange = (requirement: Requirement) =>
    permitted(mapQuorums(independent(requirement), inTheirPlaces), whyNot);
  const keep = (requirement: Requirement) => permitted(independent(requirement), whyNot);

  const reach = (people: readonly string[]) => [
    ...new Set(people.map((person) => standIn(person)?.to ?? person)),
  ];
  const mattering = (requirements: readonly Requirement[]) => {
    const named = requirements.flatMap(approversOf).flatMap(({ actsFor = [] }) => actsFor);
    return delegations.filter(({ from }) => owners.has(from) || edited.has(from) || named.includes(from));
  };
  return { sideOf, arrange, keep, reach, mattering };
}

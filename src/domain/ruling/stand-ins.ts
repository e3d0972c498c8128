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

/** The people in place of others when one action is decided on. */
export interface StandIns {
  /** Returns why a person is on the requester's side besides owning the agent; undefined when they are not. */
  readonly sideOf: (person: string) => string | undefined;
  /**
   * Returns the requirement with delegates in place of absent people, without the requester's side, and without people whom policy
   * excludes.
   */
  readonly arrange: (requirement: Requirement) => Requirement;
  /** Returns the same with everybody in their own place. */
  readonly keep: (requirement: Requirement) => Requirement;
  /** Returns whom to tell: the delegate instead of a person who is away. */
  readonly reach: (people: readonly string[]) => readonly string[];
  /** Returns the delegations that changed who decides. */
  readonly mattering: (requirements: readonly Requirement[]) => readonly Delegation[];
}

/**
 * INVARIANT 4: a person who edited an action is on the requester's side, and so is a delegate of anybody on that side. A delegate has one
 * place, however many people gave them theirs, and cannot pass it on.
 *
 * INVARIANT 14: a delegation takes nobody's right to deny away. A person keeps their place while the delegate cannot take it. A person whom
 * an owner of the agent names as delegate cannot approve what the agent asks for, and can deny it as before.
 *
 * A doubtful delegation gives no place, but its delegate is still on the side of the person who gave it.
 *
 * @param delegations those that cover the action now
 * @param editors the people who changed what the agent proposed
 * @param whyNot why policy does not let a person approve it; undefined when it does
 */
export function standInsOf(
  installation: Installation,
  action: Action,
  delegations: readonly Delegation[],
  editors: readonly string[],
  whyNot: (person: string) => string | undefined,
): StandIns {
  const owners = new Set(requesterSide(installation, action.agent));
  const editorNames = new Set(editors);
  const delegationFrom = new Map(
    delegations.flatMap((delegation) =>
      delegation.doubtful ? [] : [[delegation.from, delegation] as const],
    ),
  );

  function sideOf(person: string): string | undefined {
    if (editorNames.has(person)) return `${person} edited it, and so asks for it as it is now`;
    const delegation = delegations.find(
      ({ from, to }) => to === person && (owners.has(from) || editorNames.has(from)),
    );
    return delegation && `${person} decides for ${delegation.from}, who is on the side that asks for it`;
  }

  /**
   * Returns the delegation of a person when the delegate can take the place: not away themselves (no chains), able to decide, permitted by
   * policy, and not on the requester's side.
   */
  function standIn(person: string): Delegation | undefined {
    const delegation = delegationFrom.get(person);
    if (!delegation) return undefined;
    const { to } = delegation;
    const mayDecide = canDecide(approverNamed(installation, to)) && whyNot(to) === undefined;
    const isFree = mayDecide && !delegationFrom.has(to) && !owners.has(to) && sideOf(to) === undefined;
    return isFree ? delegation : undefined;
  }

  /** The requirement without the requester's side. */
  const independent = (requirement: Requirement) =>
    mapQuorums(permitted(requirement, sideOf), (quorum) => ({
      ...quorum,
      excluded: quorum.excluded.map((exclusion) =>
        isOnSideByDelegation(exclusion.person) ? denying(exclusion) : exclusion,
      ),
    }));

  /** Whether a person is on the requester's side only because an owner of the agent delegated to them. */
  const isOnSideByDelegation = (person: string) =>
    !owners.has(person) && !editorNames.has(person) && sideOf(person) !== undefined;

  const denying = (exclusion: Excluded): Excluded => ({
    ...exclusion,
    denies: approverNamed(installation, exclusion.person),
  });

  function inTheirPlaces(quorum: Quorum): Quorum {
    const seats = new Map<string, Approver>();
    for (const approver of quorum.approvers) {
      const to = standIn(approver.person)?.to;
      const seatHolder = to === undefined ? approver : approverNamed(installation, to);
      const actsFor = [
        ...(seats.get(seatHolder.person)?.actsFor ?? []),
        ...(to === undefined ? [] : [approver.person]),
      ];
      seats.set(seatHolder.person, { ...seatHolder, ...(actsFor.length > 0 ? { actsFor } : {}) });
    }
    const replacedPeople = quorum.approvers.flatMap(({ person }) => {
      const delegation = standIn(person);
      if (!delegation || seats.has(person)) return [];
      return [{ person, reason: `${delegation.to} decides in their place until ${iso(delegation.until)}` }];
    });
    const arranged = {
      ...quorum,
      approvers: [...seats.values()],
      excluded: [...quorum.excluded, ...replacedPeople],
    };
    // Two people may have delegated to the same person, so that too few approvers would be left. Then both keep their places.
    return ableIn(arranged).length < quorum.atLeast ? quorum : arranged;
  }

  // Policy is asked about the delegate, not about the person whose place it is: it must permit the delegate to approve.
  const arrange = (requirement: Requirement) =>
    permitted(mapQuorums(independent(requirement), inTheirPlaces), whyNot);
  const keep = (requirement: Requirement) => permitted(independent(requirement), whyNot);

  const reach = (people: readonly string[]) => [
    ...new Set(people.map((person) => standIn(person)?.to ?? person)),
  ];
  const mattering = (requirements: readonly Requirement[]) => {
    const representedPeople = requirements.flatMap(approversOf).flatMap(({ actsFor = [] }) => actsFor);
    return delegations.filter(
      ({ from }) => owners.has(from) || editorNames.has(from) || representedPeople.includes(from),
    );
  };
  return { sideOf, arrange, keep, reach, mattering };
}

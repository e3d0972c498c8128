import type { Action } from '../action/action.ts';
import { type Approver, canDecide } from '../approval/requirement.ts';
import { approverNamed, membersOf } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import { requesterSide, requirementFor } from '../installation/requester-side.ts';
import type { Authorize, PolicyQuestion } from '../policy/policy.ts';
import { person } from '../policy/policy-context.ts';
import type { Review } from './mode.ts';
import type { StandIns } from './stand-ins.ts';

/** The time for the review of broken glass. The rules on sampling and review times do not change it. */
const REVIEWED_WITHIN_MS = 24 * 3_600_000;

/** Who may break the glass for an action, and who reviews the action afterwards. */
export interface GlassPinned {
  /** Absent: nobody. */
  readonly breakGlass?: readonly Approver[] | undefined;
  readonly breakGlassReview?: Review | undefined;
}

/**
 * INVARIANT 4: nobody of the requester's side may break the glass. Asks policy about everybody else in the catalog who is able to decide.
 * Returns undefined when nobody may.
 */
export function glassFor(
  installation: Installation,
  authorize: Authorize,
  action: Action,
  facts: Pick<PolicyQuestion, 'resource' | 'context'>,
  { sideOf, arrange }: StandIns,
): GlassPinned | undefined {
  const owners = new Set(requesterSide(installation, action.agent));
  const onCall = new Set(membersOf(installation, installation.rules.onCall));
  const breakGlass = Object.keys(installation.people)
    .filter((name) => !owners.has(name) && sideOf(name) === undefined)
    .map((name) => approverNamed(installation, name))
    .filter(canDecide)
    .filter(({ person: name }) => {
      const principal = person(installation, name);
      const context = { ...facts.context, onCall: onCall.has(name) };
      return authorize({ action: 'breakGlass', principal, ...facts, context }).decision === 'allow';
    });
  if (breakGlass.length === 0) return undefined;
  const { approval, escalate } = installation.rules.review;
  const requirement = arrange(requirementFor(installation, action, approval));
  const review = { withinMs: REVIEWED_WITHIN_MS, requirement, ...(escalate ? { escalate } : {}) };
  return { breakGlass, breakGlassReview: review };
}

import type { Delegation } from '../approval/delegation.ts';
import { type PinnedGateway, pinnedGateway } from '../approval/signing-gateway.ts';
import type { DeniedBefore } from '../attention/request-limits.ts';
import type { Installation } from '../installation/installation.ts';
import type { Authorize } from '../policy/policy.ts';
import { type GlassPinned, glassFor } from './break-glass.ts';
import { type Grounds, groundsOf } from './grounds.ts';
import { consider, type Judgement, type RulingInput } from './judge.ts';
import type { StandingHold } from './lift-hold.ts';
import { requirementsOf } from './mode.ts';

/** What is pinned with the ruling besides the judgement: who else may decide, and how. Absent when the action is forbidden. */
interface Pinned extends GlassPinned {
  /** Absent: there is no gateway, and people sign with their own keys. */
  readonly gateway?: PinnedGateway | undefined;
  /** The delegations that put a delegate into another person's place for this action. */
  readonly delegations?: readonly Delegation[] | undefined;
  /** Set when a person denied the same action lately for another agent. */
  readonly deniedBefore?: DeniedBefore | undefined;
  /** The watched metrics that were outside their limits before anything ran. Absent: none was, or none could be read. */
  readonly outsideAlready?: readonly string[] | undefined;
  /** The holds that stood in the way of the action when it was ruled on. */
  readonly holds?: readonly StandingHold[] | undefined;
}

/** A judgement with what it is about and rests on, pinned by digests. */
export type Ruling = Grounds & Pinned & Judgement;

export type Permitted = Extract<Ruling, { kind: 'permit' }>;
/** A ruling under which the action may run. */
export type Runnable = Exclude<Permitted, { mode: 'recommend' }>;

/**
 * Rules on an action: the judgement, with digests and with who may break the glass. Trials call `judge`, because only a record needs these.
 */
export function rule(installation: Installation, authorize: Authorize, input: RulingInput): Ruling {
  const { judgement, about, places } = consider(installation, authorize, input);
  const grounds = groundsOf(installation, input.action, input.impact);
  if (judgement.kind === 'forbid' || !about || !places) return { ...judgement, ...grounds };
  const { gateway } = installation.rules;
  const asksPeople = 'requirement' in judgement;
  const glass = asksPeople ? glassFor(installation, authorize, input.action, about, places) : undefined;
  const delegations = places.mattering(requirementsOf(judgement));
  return {
    ...judgement,
    ...grounds,
    ...glass,
    ...(gateway ? { gateway: pinnedGateway(gateway, judgement.tier) } : {}),
    ...(delegations.length > 0 ? { delegations } : {}),
    ...(input.deniedBefore ? { deniedBefore: input.deniedBefore } : {}),
  };
}

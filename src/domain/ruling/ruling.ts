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

/** Who may decide besides the approvers, and how: pinned with the ruling. Absent where it is forbidden. */
interface Pinned extends GlassPinned {
  /** Absent: there is none, and people sign with keys of their own. */
  readonly gateway?: PinnedGateway | undefined;
  /** Those that put somebody in another's place for it. */
  readonly delegations?: readonly Delegation[] | undefined;
  /** A person denied the same lately, when another agent asked for it. */
  readonly deniedBefore?: DeniedBefore | undefined;
  /** What is watched and was outside its limits before anything ran. Absent: nothing, or nobody could read it. */
  readonly outsideAlready?: readonly string[] | undefined;
  /** What stood in its way already when it was ruled on. */
  readonly holds?: readonly StandingHold[] | undefined;
}

/** A judgement with what it is about and rests on, pinned by digests. */
export type Ruling = Grounds & Pinned & Judgement;

export type Permitted = Extract<Ruling, { kind: 'permit' }>;
/** A ruling under which the action may be executed. */
export type Runnable = Exclude<Permitted, { mode: 'recommend' }>;

/** Rules on an action. What is only tried out is judged: digests, and who may break the glass, are for what is recorded. */
export function rule(installation: Installation, authorize: Authorize, asked: RulingInput): Ruling {
  const { judgement, about, places } = consider(installation, authorize, asked);
  const grounds = groundsOf(installation, asked.action, asked.impact);
  if (judgement.kind === 'forbid' || !about || !places) return { ...judgement, ...grounds };
  const { gateway } = installation.rules;
  const waited = 'requirement' in judgement;
  const glass = waited ? glassFor(installation, authorize, asked.action, about, places) : undefined;
  const delegations = places.mattering(requirementsOf(judgement));
  return {
    ...judgement,
    ...grounds,
    ...glass,
    ...(gateway ? { gateway: pinnedGateway(gateway, judgement.tier) } : {}),
    ...(delegations.length > 0 ? { delegations } : {}),
    ...(asked.deniedBefore ? { deniedBefore: asked.deniedBefore } : {}),
  };
}

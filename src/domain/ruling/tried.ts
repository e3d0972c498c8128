import type { AgentBuild, Tier } from '../action/action.ts';
import { textOf } from '../approval/requirement.ts';
import type { ModeName } from '../policy/policy.ts';
import type { Json } from '../shared/json.ts';
import type { Judgement } from './judge.ts';

/** What somebody asks about: how an action would be ruled if an agent proposed it now. */
export interface Trial {
  readonly actionType: string;
  readonly target: string;
  readonly environment: string;
  /** Absent: not known yet, and its size counts as the largest. */
  readonly params?: { readonly [name: string]: Json } | undefined;
}

/** An agent's question how actions would be ruled if it proposed them now. */
export interface TrialRequest {
  readonly agent: AgentBuild;
  readonly trials: readonly Trial[];
}

/** How an action would be ruled now. Nothing was proposed, and the ruling on a proposal is made anew. */
export type Tried = Pick<Trial, 'actionType' | 'target' | 'environment'> &
  (
    | {
        readonly kind: 'permitted';
        readonly tier: Tier;
        readonly mode: ModeName;
        /** The people whom it would wait for, for example "1 of sre-on-call". Absent: nobody. */
        readonly waitsFor?: string;
        readonly reasons: readonly string[];
      }
    | { readonly kind: 'forbidden' | 'noAction' | 'notFoundOut'; readonly reasons: readonly string[] }
  );

/** What a judgement means for an agent that asks before it proposes. */
export function triedAs({ actionType, target, environment }: Trial, judgement: Judgement): Tried {
  const about = { actionType, target, environment };
  const { reasons } = judgement;
  if (judgement.kind === 'forbid') return { ...about, kind: 'forbidden', reasons };
  const { tier, mode } = judgement;
  return {
    ...about,
    kind: 'permitted',
    tier,
    mode,
    ...('requirement' in judgement ? { waitsFor: textOf(judgement.requirement) } : {}),
    reasons,
  };
}

import { MODE_WORDS, refusalOf, whyDenied } from '../policy/ask-policy.ts';
import { MODES, type ModeName } from '../policy/policy.ts';
import type { Ruling } from '../ruling/ruling.ts';

/** One way that an action could have gone, and what became of it. */
export interface DecisionStep {
  readonly mode: ModeName;
  /**
   * `belowFloor`: not open to it, whatever policy says. `refused`: policy did not permit it. `passedOver`: policy permits it, but wants
   * people to be waited for. `taken`: this is what happens. `notReached`: it was decided before.
   */
  readonly result: 'belowFloor' | 'refused' | 'passedOver' | 'taken' | 'notReached';
  readonly why: string;
}

/** The way to a ruling. */
export interface DecisionSteps {
  /** What set the least tier, in the order in which it was looked at. */
  readonly floor: readonly string[];
  /** The modes in the order in which they were tried, the one with the least friction first. */
  readonly modes: readonly DecisionStep[];
  /** How it ends. */
  readonly end: string;
}

/** Returns what was evaluated for a ruling, in order, and which way was taken and why. The record alone says it, so it is the same at any time. */
export function decisionSteps(ruling: Ruling): DecisionSteps {
  const { floor, modes, reasons, tier } = ruling;
  const refusals = modes.filter(({ permitted }) => !permitted).map(refusalOf);
  return {
    floor: reasons.filter((reason) => !refusals.includes(reason) && reason !== raisedReason(tier)),
    modes: MODES.map((mode, i) => stepOf(ruling, mode, i + 1)),
    end: `tier ${tier}: ${endText(ruling)}${tier > floor ? `, above the least tier ${floor}` : ''}`,
  };
}

const raisedReason = (tier: number) => `policy raised it to tier ${tier}`;

function stepOf({ floor, modes, tier, kind }: Ruling, mode: ModeName, ofTier: number): DecisionStep {
  const asked = modes.find((candidate) => candidate.mode === mode);
  if (ofTier < floor)
    return { mode, result: 'belowFloor', why: `tier ${floor} is the least that it may have` };
  if (!asked) return { mode, result: 'notReached', why: 'it was decided before' };
  const { permitted, policies, errors } = asked;
  if (!permitted) return { mode, result: 'refused', why: whyDenied(policies, errors) };
  if (kind === 'permit' && ofTier === tier)
    return { mode, result: 'taken', why: `permitted by ${policies.map(({ id }) => id).join(', ')}` };
  return kind === 'permit'
    ? { mode, result: 'passedOver', why: 'a policy wants people to approve it' }
    : { mode, result: 'passedOver', why: 'policy permits it, but nobody who may decide can be asked' };
}

function endText(ruling: Ruling): string {
  if (ruling.kind === 'permit') return ENDS[ruling.mode];
  return ruling.outcome === 'undeliverable'
    ? 'it is refused, because nobody who may decide can be asked'
    : 'it is refused, because policy permits no way';
}

const ENDS: Readonly<Record<ModeName, string>> = {
  execute: 'it runs at once, and is reviewed afterwards',
  executeAfterWindow: 'people may stop it in a window',
  executeWithApproval: 'people are asked',
  recommend: 'it is only recommended',
};

/** The result of a step in two words. */
export const RESULT_WORDS: Readonly<Record<DecisionStep['result'], string>> = {
  belowFloor: 'not open',
  refused: 'refused',
  passedOver: 'passed over',
  taken: 'taken',
  notReached: 'not reached',
};

/** The mode of a step, as the beginning of a sentence. */
export const stepName = ({ mode }: DecisionStep): string =>
  `${MODE_WORDS[mode].charAt(0).toUpperCase()}${MODE_WORDS[mode].slice(1)}`;

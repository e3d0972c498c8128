import { setTimeout as delay } from 'node:timers/promises';
import type { ActionHandle, Proposal } from 'countersign';
import { lookText } from '../../../src/domain/analysis/look-words.ts';
import { lastLooksIn, type Measurement } from '../../../src/domain/analysis/metrics.ts';
import { asked, proposalOf } from './agent.ts';
import type { Decider } from './decider.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { check } from './story.ts';

/** As long as the first looks go back into the time before a release. */
const BEFORE_MS = 25_000;

/** The share of failed orders from which version.deploy takes a version back, in any five seconds. */
const THRESHOLD = 0.05;

/** What a watch finds that compares with the time before, where a threshold says the opposite. */
export const compared: readonly Scenario[] = [
  {
    name: 'noisy-but-healthy',
    title: 'A version on a service that fails often is kept, because it fails no more often than before',
    async play(stage, decide) {
      await stage.slowPayments(true);
      const release = await released(stage, decide, proposalOf(asked.releaseAsBefore, 'release-2.4.0'));
      await stage.slowPayments(false);
      const { approved, outcome, action, share } = release;
      return [
        check('outcome', approved ? 'succeeded' : 'deniedByPerson', outcome),
        check('the storefront did', approved ? ['setVersion'] : [], await stage.effectsOf(action)),
        check('more than 5 % of its orders failed', approved, share > THRESHOLD),
      ];
    },
  },
  {
    name: 'slightly-worse',
    title: 'A regression that is too small for a threshold is found by comparison',
    async play(stage, decide) {
      const release = await released(stage, decide, proposalOf(asked.releaseSlightlyWorse, 'release-2.4.1'));
      const { approved, outcome, action, share } = release;
      return [
        check('outcome', approved ? 'rolledBack' : 'deniedByPerson', outcome),
        check('the storefront did', approved ? ['setVersion', 'undo'] : [], await stage.effectsOf(action)),
        check('more than 5 % of its orders failed', false, share > THRESHOLD),
      ];
    },
  },
];

interface Released {
  readonly action: ActionHandle;
  readonly approved: boolean;
  readonly outcome: string;
  /** The share of orders that failed while it was watched. */
  readonly share: number;
}

/** Lets the time pass that a release is compared with, releases it, and waits for its end. */
async function released(stage: Stage, decide: Decider, proposal: Proposal): Promise<Released> {
  stage.story.line('clock', `${BEFORE_MS / 1_000} seconds pass, to compare with`);
  await delay(BEFORE_MS);
  const action = await stage.propose(proposal);
  const approved = (await decide(stage, action, 'grace')) === 'approve';
  const outcome = await stage.outcomeOf(action);
  const { measurements } = await action.state();
  for (const { look } of lastLooksIn(measurements)) stage.story.line('comparison', lookText(look));
  return { action, approved, outcome, share: failedShare(measurements) };
}

function failedShare(measurements: readonly Measurement[]): number {
  const sides = measurements.flatMap(({ look }) => look?.blocks ?? []).map(({ after }) => after);
  const events = sides.flatMap((side) => (side !== null && 'bad' in side ? [side] : []));
  const total = (member: 'bad' | 'of') => events.reduce((sum, event) => sum + event[member], 0);
  return total('bad') / Math.max(1, total('of'));
}

import type { StandingReport } from 'countersign';
import { headlineIn } from '../../../src/briefing/headline.ts';
import { asked, proposalOf } from './agent.ts';
import { goodRecord } from './past.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { check } from './story.ts';

const MINUTE = 60_000;

const standingLine = ({ level, promotion }: StandingReport) =>
  `level ${level}; ${promotion.kind === 'proposed' ? `level ${promotion.to} is proposed: ${promotion.reasons.join('; ')}` : 'no other is proposed'}`;

const tierOf = async (action: Awaited<ReturnType<Stage['propose']>>) => (await action.ruling()).tier;

/** Who gives an agent its authority, and what takes it away. */
export const authority: readonly Scenario[] = [
  {
    name: 'blast-radius',
    title: 'Blast radius: what checkout needs is not scaled so far at once, though its table says tier 1',
    async play(stage) {
      const small = await stage.propose(proposalOf(asked.scaleCatalog(5), 'scale-catalog-a-little'));
      const large = await stage.propose(proposalOf(asked.scaleCatalog(20), 'scale-catalog-a-lot'));
      const { impact } = await large.state();
      stage.story.line('impact', impact?.reasons.blastRadius.join('; ') ?? 'none');
      await stage.decide(large, 'mei', 'deny');
      return [
        check('tier of a few instances more', 1, await tierOf(small)),
        check('which ended', 'succeeded', await stage.outcomeOf(small)),
        check('tier of four times as many', 2, await tierOf(large)),
        check('most critical service that needs it', 'checkout', impact?.blastRadius.mostCritical?.name),
        check('which ended', 'deniedByPerson', await stage.outcomeOf(large)),
        check('the storefront did', [], await stage.effectsOf(large)),
      ];
    },
  },
  {
    name: 'freeze',
    title: 'A change freeze: what would run at once is left to people, and denied when they are silent',
    async play(stage) {
      await stage.freeze('stocktaking', 24 * 60 * MINUTE);
      const action = await stage.propose(proposalOf(asked.flushCache, 'flush-in-freeze'));
      await stage.until(action, 'waiting');
      await stage.skip(action.workflowId, 'forty-six minutes', 46 * MINUTE);
      const outcome = await stage.outcomeOf(action);
      await stage.thaw();
      return [
        check('tier', 3, await tierOf(action)),
        check('outcome', 'expired', outcome),
        check('the storefront did', [], await stage.effectsOf(action)),
      ];
    },
  },
  {
    name: 'standing',
    title: 'Earned and lost: sixty good deployments, a signed grant, and the rollback that takes it back',
    async play(stage) {
      await stage.record(goodRecord(60, Date.now()));
      const first = await stage.propose(proposalOf(asked.release('1.8.1'), 'deploy-1.8.1'));
      await stage.decide(first, 'mei', 'approve');
      const good = await stage.outcomeOf(first);
      const [before] = await stage.countersign.standing('release-agent');
      if (before) stage.story.line('standing', standingLine(before));
      await stage.order('grace', {
        kind: 'grant',
        agent: 'release-agent',
        agentVersion: '1.0.0',
        reason: 'sixty good nights',
        actionType: 'version.deploy',
        serviceTier: 3,
        level: 2,
      });
      const second = await stage.propose(proposalOf(asked.release('1.9.0'), 'deploy-1.9.0'));
      await stage.until(second, 'waiting');
      await stage.skip(second.workflowId, 'five minutes', 5 * MINUTE);
      const bad = await stage.outcomeOf(second);
      const [after] = await stage.countersign.standing('release-agent');
      const third = await stage.propose(proposalOf(asked.release('1.9.0'), 'deploy-1.9.0-again'));
      await stage.decide(third, 'mei', 'deny');
      return [
        check('tier at level 1', 3, await tierOf(first)),
        check('outcome', 'succeeded', good),
        check('a higher level is', 'proposed', before?.promotion.kind),
        check('tier at level 2', 2, await tierOf(second)),
        check('outcome of a bad version', 'rolledBack', bad),
        check('the storefront did', ['setVersion', 'undo'], await stage.effectsOf(second)),
        check('level from then on', 1, after?.level),
        check('tier of the next one', 3, await tierOf(third)),
        check('outcome', 'deniedByPerson', await stage.outcomeOf(third)),
      ];
    },
  },
  {
    name: 'drift',
    title: 'Drift: an incident begins after the approval was asked for, so people are asked again',
    async play(stage) {
      const action = await stage.propose(proposalOf(asked.raiseTimeout, 'raise-timeout-in-incident'));
      await stage.until(action, 'waiting');
      const incident = {
        id: 'INC-4711',
        title: 'Carts lose items',
        kind: 'lost-writes',
        startedAt: Date.now() - 4 * MINUTE,
      };
      await stage.declare({ cart: [incident] });
      await stage.skip(action.workflowId, 'sixty seconds', MINUTE);
      await stage.decide(action, 'grace', 'approve');
      await stage.untilAskedAgain(action);
      const before = await stage.effectsOf(action);
      const state = await action.state();
      const { earlierRounds } = state;
      const incidents = headlineIn(state).filter(({ label }) => label === 'Incident');
      for (const { text } of incidents) stage.story.line('at a glance', text);
      const drift = earlierRounds.flatMap((round) => round.drift);
      stage.story.line('asked again', drift.join('; '));
      await stage.decide(action, 'grace', 'approve');
      const outcome = await stage.outcomeOf(action);
      await stage.declare({});
      return [
        check('what changed', ['an incident has begun on cart'], drift),
        check('what people read of it', 'bad', incidents[0]?.tone),
        check('the storefront did after the first approval', [], before),
        check('outcome', 'succeeded', outcome),
        check('the storefront did', ['setConfig'], await stage.effectsOf(action)),
      ];
    },
  },
  {
    name: 'hold',
    title: 'A hold stops a window that is about to pass',
    async play(stage) {
      const action = await stage.propose(proposalOf(asked.scaleCart, 'scale-cart-on-hold'));
      await stage.until(action, 'waiting');
      await stage.skip(action.workflowId, 'four minutes', 4 * MINUTE);
      const held = await stage.order('linus', {
        kind: 'hold',
        scope: { kind: 'agent', agent: 'scaler-agent' },
        reason: 'it scales on bad numbers',
      });
      await stage.skip(action.workflowId, 'the fifth minute and what is left of it', MINUTE);
      const outcome = await stage.outcomeOf(action);
      if (held.kind === 'holdPlaced')
        await stage.order('grace', { kind: 'lift', holdId: held.holdId, reason: 'the numbers are right' });
      return [
        check('outcome', 'held', outcome),
        check('the storefront did', [], await stage.effectsOf(action)),
        check('on hold after it was lifted', [], await stage.countersign.holds()),
      ];
    },
  },
];

import { setTimeout as delay } from 'node:timers/promises';
import { DecisionRefused } from 'countersign';
import { asked, proposalOf } from './agent.ts';
import { authority } from './authority.ts';
import { compared } from './compared.ts';
import { proven } from './proven.ts';
import type { Scenario } from './scenario.ts';
import { check } from './story.ts';
import { tools } from './tools.ts';
import { visible } from './visible.ts';

const MINUTE = 60_000;

export const scenarios: readonly Scenario[] = [
  {
    name: 'tier-1',
    title: 'Tier 1: a cache is flushed at once, and a review is opened for the day after',
    async play(stage) {
      const action = await stage.propose(proposalOf(asked.flushCache, 'flush-catalog'));
      const outcome = await stage.outcomeOf(action);
      const effects = await stage.effectsOf(action);
      const review = await stage.countersign.review(action.actionId);
      stage.story.line('review', `open until ${new Date(review.dueAt).toISOString()}`);
      const hours = Math.round((review.dueAt - Date.now()) / (60 * MINUTE));
      return [
        check('outcome', 'succeeded', outcome),
        check('the storefront did', ['flushCache'], effects),
        check('hours left for the review', 24, hours),
      ];
    },
  },
  {
    name: 'tier-2-silence',
    title: 'Tier 2: nobody objects for five minutes, so it proceeds and pages on-call',
    async play(stage) {
      const action = await stage.propose(proposalOf(asked.scaleCart, 'scale-cart'));
      await stage.until(action, 'waiting');
      await stage.skip(action.workflowId, 'four minutes', 4 * MINUTE);
      const early = await stage.effectsOf(action);
      await stage.skip(action.workflowId, 'the fifth minute and what is left of it', 1 * MINUTE);
      return [
        check('the storefront did in the window', [], early),
        check('outcome', 'succeeded', await stage.outcomeOf(action)),
        check('the storefront did', ['setInstances'], await stage.effectsOf(action)),
        check('instances of cart', 5, (await stage.state()).cart?.instances),
        check('pages', ['trigger', 'resolve'], stage.pagesOf(action)),
      ];
    },
  },
  {
    name: 'tier-2-denied',
    title: 'Tier 2: a denial in the window stops it, and nobody is asked about the same again',
    async play(stage) {
      const action = await stage.propose(proposalOf(asked.scaleCartMore, 'scale-cart-more'));
      await stage.decide(action, 'priya', 'deny');
      const outcome = await stage.outcomeOf(action);
      const again = await stage.propose(proposalOf(asked.scaleCartMore, 'scale-cart-more-again'));
      return [
        check('outcome', 'deniedByPerson', outcome),
        check('outcome of the same again', 'deniedByPolicy', await stage.outcomeOf(again)),
        check('the storefront did', [], await stage.effectsOf(action)),
      ];
    },
  },
  {
    name: 'tier-2-unpaged',
    title: 'Tier 2: on-call cannot be paged, so silence does not proceed',
    async play(stage) {
      stage.embedded.outbox.pagerDown(true);
      stage.story.line('pager', 'answers 503 from now on');
      const action = await stage.propose(proposalOf(asked.scaleCart, 'scale-cart-unpaged'));
      await stage.until(action, 'waiting');
      await stage.skip(action.workflowId, 'five minutes, and two of trying to page,', 8 * MINUTE);
      const outcome = await stage.outcomeOf(action);
      stage.embedded.outbox.pagerDown(false);
      return [
        check('outcome', 'undeliverable', outcome),
        check('the storefront did', [], await stage.effectsOf(action)),
      ];
    },
  },
  {
    name: 'tier-3-approved',
    title: 'Tier 3: only an authorised person starts it',
    async play(stage, decide) {
      const action = await stage.propose(proposalOf(asked.raiseTimeout, 'raise-timeout'));
      const refusal = async (person: string, signer?: string) => {
        try {
          await stage.decide(action, person, 'approve', signer);
          return 'accepted';
        } catch (error) {
          if (!(error instanceof DecisionRefused)) throw error;
          stage.story.line('refused', error.message);
          return error.refusal;
        }
      };
      const outsider = await refusal('elif');
      const owner = await refusal('ada');
      const forged = await refusal('grace', 'elif');
      const before = await stage.effectsOf(action);
      const verdict = await decide(stage, action, 'grace');
      const approved = verdict === 'approve';
      return [
        check('elif, of another team', 'notEntitled', outsider),
        check('ada, who owns the agent', 'requesterSide', owner),
        check('a forged signature of grace', 'badSignature', forged),
        check('the storefront did until then', [], before),
        check('outcome', approved ? 'succeeded' : 'deniedByPerson', await stage.outcomeOf(action)),
        check('the storefront did', approved ? ['setConfig'] : [], await stage.effectsOf(action)),
      ];
    },
  },
  {
    name: 'tier-3-silence',
    title: 'Tier 3: silence goes along the route and expires; nothing runs',
    async play(stage) {
      const action = await stage.propose(proposalOf(asked.raiseTimeout, 'raise-timeout-at-night'));
      await stage.until(action, 'waiting');
      while (stage.mailsOf(action).length === 0) await delay(50);
      stage.story.line('mail', 'to checkout-team');
      await stage.skip(action.workflowId, 'fifteen minutes and a half', 15.5 * MINUTE);
      const paged = stage.pagesOf(action);
      stage.story.line('pager', 'rings for sre-on-call');
      await stage.skip(action.workflowId, 'thirty minutes', 30 * MINUTE);
      return [
        check('pages after fifteen minutes', ['trigger'], paged),
        check('outcome', 'expired', await stage.outcomeOf(action)),
        check('the storefront did', [], await stage.effectsOf(action)),
      ];
    },
  },
  ...compared,
  {
    name: '3:47',
    title: '3:47 in the morning: a bad version is approved, found regressed and rolled back',
    async play(stage, decide) {
      const before = (await stage.state()).checkout?.version;
      const action = await stage.propose(proposalOf(asked.deployBad, 'deploy-2.5.0'));
      // Whoever is decided for is not asked any more: first the mail arrives, then people decide.
      while (stage.mailsOf(action).length === 0) await delay(50);
      const approved = (await decide(stage, action, 'linus')) === 'approve';
      const outcome = await stage.outcomeOf(action);
      const { measurements } = await action.state();
      for (const { reason } of measurements.filter(({ phase }) => phase === 'failed'))
        stage.story.line('metrics', reason);
      return [
        check('outcome', approved ? 'rolledBack' : 'deniedByPerson', outcome),
        check('the storefront did', approved ? ['setVersion', 'undo'] : [], await stage.effectsOf(action)),
        check('checkout serves', before, (await stage.state()).checkout?.version),
        check(
          'mails: asked, and told of the end',
          approved,
          ['Approval needed: ', 'Rolled back: '].every((kind) =>
            stage.mailsOf(action).some((subject) => subject.startsWith(kind)),
          ),
        ),
      ];
    },
  },
  {
    name: 'worker-killed',
    title: 'The worker is killed between the effect and its report: one effect',
    async play(stage) {
      const action = await stage.propose(proposalOf(asked.raiseTimeout, 'raise-timeout-killed'));
      await stage.hangAfterNextEffect(60 * MINUTE);
      await stage.decide(action, 'grace', 'approve');
      while ((await stage.effectsOf(action)).length === 0) await delay(20);
      stage.story.line('storefront', 'has done it, and has not answered');
      await stage.killWorker();
      return [
        check('outcome', 'succeeded', await stage.outcomeOf(action)),
        check('the storefront did', ['setConfig'], await stage.effectsOf(action)),
      ];
    },
  },
  ...visible,
  ...authority,
  {
    name: 'rollback-failed',
    title: 'A rollback that itself fails: the target is held, and on-call is paged',
    async play(stage, decide) {
      const action = await stage.propose(proposalOf(asked.deployIrreversible, 'deploy-3.0.0'));
      const approved = (await decide(stage, action, 'grace')) === 'approve';
      const outcome = await stage.outcomeOf(action);
      const next = await stage.propose(proposalOf(asked.raiseTimeout, 'raise-timeout-on-hold'));
      await stage.decide(next, 'grace', 'approve');
      return [
        check('outcome', approved ? 'rollbackFailed' : 'deniedByPerson', outcome),
        check('the storefront did', approved ? ['setVersion'] : [], await stage.effectsOf(action)),
        check('pages', approved ? ['trigger'] : [], stage.pagesOf(action)),
        check('the next action on checkout', approved ? 'held' : 'succeeded', await stage.outcomeOf(next)),
        check('which did', approved ? [] : ['setConfig'], await stage.effectsOf(next)),
      ];
    },
  },
  ...tools,
  ...proven,
];

import { headlineIn } from '../../../src/briefing/headline.ts';
import { asked, proposalOf } from './agent.ts';
import type { Scenario } from './scenario.ts';
import { check } from './story.ts';

const MINUTE = 60_000;

/** What the page says by itself, before anybody compares anything. */
export const visible: readonly Scenario[] = [
  {
    name: 'contradiction',
    title: 'A contradiction: the agent writes of a quarter more, and asks for ten times as much',
    async play(stage) {
      const action = await stage.propose(proposalOf(asked.raiseTimeoutTenfold, 'raise-timeout-tenfold'));
      await stage.until(action, 'waiting');
      const { findings = [] } = await action.state();
      for (const { text } of findings) stage.story.line('finding', text);
      await stage.decide(action, 'grace', 'deny');
      const kinds = findings.map(({ kind }) => kind);
      return [
        check('it is found to be ten times as much', true, kinds.includes('largeChange')),
        check('the text is found to say another number', true, kinds.includes('numberDiffers')),
        check('outcome', 'deniedByPerson', await stage.outcomeOf(action)),
        check('the storefront did', [], await stage.effectsOf(action)),
      ];
    },
  },
  {
    name: 'cure',
    title: 'In an incident, its known cure is told from what only disturbs',
    async play(stage) {
      const incident = {
        id: 'INC-4711',
        title: 'prices from yesterday',
        kind: 'stale-cache',
        startedAt: Date.now() - 4 * MINUTE,
      };
      await stage.declare({ catalog: [incident] });
      const tonesOf = async (action: Awaited<ReturnType<typeof stage.propose>>) => {
        const facts = headlineIn(await action.state()).filter(({ text }) => text.includes(incident.id));
        for (const { label, text } of facts) stage.story.line(label.toLowerCase(), text);
        return [...new Set(facts.filter(({ label }) => label === 'Incident').map(({ tone }) => tone))];
      };
      const cure = await stage.propose(proposalOf(asked.flushCache, 'flush-catalog-in-an-incident'));
      const cureTones = await tonesOf(cure);
      const disturbance = await stage.propose(
        proposalOf(asked.scaleCatalog(18), 'scale-catalog-in-an-incident'),
      );
      const disturbanceTones = await tonesOf(disturbance);
      await stage.decide(disturbance, 'mei', 'deny');
      await stage.declare({});
      return [
        check('the incident speaks for its cure', ['good'], cureTones),
        check('and against what is no cure', ['bad'], disturbanceTones),
        check('which ended', 'deniedByPerson', await stage.outcomeOf(disturbance)),
        check('the cure ended', 'succeeded', await stage.outcomeOf(cure)),
      ];
    },
  },
];

import { asked, proposalOf } from './agent.ts';
import type { Scenario } from './scenario.ts';
import { check } from './story.ts';

/** What somebody who believes nobody finds out afterwards, and what other rules would have done. */
export const proven: readonly Scenario[] = [
  {
    name: 'proof',
    title: 'An auditor checks one action on a machine without us, and finds that somebody bent the record',
    async play(stage) {
      const action = await stage.propose(proposalOf(asked.flushCache, 'flush-catalog-to-prove'));
      await stage.outcomeOf(action);
      const proof = await stage.prove(action);
      const ours = await stage.checked(proof);
      stage.story.line('auditor', ours.text);
      const theirs = await stage.checkedByPython(proof);
      stage.story.line('python', theirs.text);
      const bent = await stage.checked(await stage.bend(proof, '"succeeded"', '"cancelled"'));
      stage.story.line('auditor', bent.text);
      return [
        check('countersign ledger check, without network and database', 0, ours.status),
        check('the second verifier, in Python', 0, theirs.status),
        check('the same after one word was changed', 1, bent.status),
      ];
    },
  },
  {
    name: 'simulation',
    title: 'Before a rule is made looser, it is tried on everything above',
    async play(stage) {
      const candidate = await stage.candidate('actions/instances-scale.yaml', (text) =>
        text.replace('tier: { 1: 3, 2: 2,', 'tier: { 1: 3, 2: 1,'),
      );
      stage.story.line('operators', 'ask: what if scaling a service of tier 2 needed no window?');
      const { status, simulation } = await stage.simulate(candidate);
      const { wouldHaveRun, classes } = simulation.effects;
      for (const { title, after, ended } of wouldHaveRun)
        stage.story.line('simulation', `${title}: then it ${after}. Really, ${ended}`);
      return [
        check('exit status for CI: something is looser', 4, status),
        check('it says which', true, classes.loosened > 0),
        check('what a person denied would have run', true, wouldHaveRun.length > 0),
        check('nothing was activated: instances of cart', 5, (await stage.state()).cart?.instances),
      ];
    },
  },
];

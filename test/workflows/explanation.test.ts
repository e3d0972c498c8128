import { expect, test } from 'vitest';
import { explanationText, standing } from '../../src/cli/text.ts';
import { rulingSchema } from '../../src/contract/fact-schemas.ts';
import { recordedState } from '../../src/contract/recorded-state.ts';
import { explain } from '../../src/domain/explanation/explanation.ts';
import { testInstallation } from '../support/installation.ts';
import { authorizeBy } from '../support/policies.ts';
import { proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const { agents } = testInstallation().installation;
const world = useWorld({
  installation: () => ({
    agents: { ...agents, 'cache-agent': { id: 'cache-agent', owner: 'user:radia', level: 1 } },
  }),
});

test('an explanation is the same from the running action, its closed history, and a worker with other rules', async () => {
  const action = await world().asked(proposal());
  const { ruling } = await action.state();
  expect(rulingSchema.parse(ruling).nearest).toEqual([
    { change: { kind: 'level', from: 1, to: 2 }, tier: 2 },
  ]);

  await world().decide('edsger', 'deny', action);
  expect((await action.result()).outcome.kind).toBe('deniedByPerson');
  const state = await action.state();
  const explanation = await action.explanation();
  const text = explanationText(explanation, standing(state));
  expect(explanation).toEqual(explain(state));
  expect(explanation.whatLimitedIt).toContain(
    'Otherwise: with an agent of level 2, in place of 1, running it after a window would be permitted.',
  );
  expect(text).toMatch(/^deniedByPerson: edsger denied it/m);

  // And from the ledger alone, for when Temporal does not keep the workflow any more.
  const recorded = recordedState(await world().ledger.entriesOf(action.actionId));
  if (!recorded) throw new Error('it is not in the ledger');
  expect(explanationText(explain(recorded), standing(recorded))).toBe(text);

  // A worker that knows none of this reads it from the history, and its own rules have no say in it.
  await world().stopWorker();
  await world().startWorker({ installation: testInstallation().installation, authorize: authorizeBy('') });
  expect(await action.explanation()).toEqual(explanation);
  expect(explanationText(await action.explanation(), standing(await action.state()))).toBe(text);
});

test('what would have altered a ruling is in the ledger with it', async () => {
  await world().stopWorker();
  await world().startWorker();
  const action = await world().asked(proposal());
  const [ruled] = await world().ledger.entriesOf(action.actionId);
  expect(ruled).toMatchObject({
    kind: 'ruled',
    body: { ruling: { nearest: [{ change: { kind: 'level' } }] } },
  });
  await action.cancel();
});

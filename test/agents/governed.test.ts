import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { askAbout } from '../../src/agents/index.ts';
import { newKey, testInstallation } from '../support/installation.ts';
import { PATIENCE, useWorld } from '../support/world.ts';
import { actionOf, agentOf, callId, editAndApprove, explanation, INBOX } from './support.ts';

const KEY = newKey();
const { agents } = testInstallation().installation;
const world = useWorld({
  installation: () => ({
    agents: {
      ...agents,
      'signing-agent': { id: 'signing-agent', owner: 'group:platform-ai', level: 3, keys: [KEY.x] },
    },
  }),
});

const governing = (waitMs = 0) => ({
  countersign: agentOf(world()),
  actionType: 'version.deploy',
  target: 'checkout',
  waitMs,
});
const deploy = (version: string, id = callId()) => ({ id, input: { version, explanation } });

describe('a call of a governed tool', () => {
  test('is a proposal that the model explained, and is pending while people decide', async () => {
    const call = deploy('2.4.0');
    const actionId = `deploy-agent.${call.id}`;
    const answer = await askAbout(governing(), call);
    expect(answer).toMatchObject({
      kind: 'pending',
      actionId,
      status: 'waiting',
      inboxUrl: `${INBOX}/actions/${actionId}`,
      pollAfterMs: expect.any(Number),
      words: expect.stringContaining(`People decide at ${INBOX}/actions/${actionId}.`),
    });
    const { proposal } = await actionOf(world(), call.id).state();
    const { evidence, successCriteria, ...rationale } = explanation;
    expect(proposal).toMatchObject({ params: { version: '2.4.0' }, rationale, evidence, successCriteria });
    await actionOf(world(), call.id).cancel();
  });

  test('waits for the end, and answers with what ran', async () => {
    const call = deploy('2.4.0');
    const asked = askAbout(governing(PATIENCE.timeout), call);
    const action = actionOf(world(), call.id);
    await expect.poll(() => action.state().catch(() => undefined), PATIENCE).toBeDefined();
    await world().decide('grace', 'approve', action);
    expect(await asked).toMatchObject({
      kind: 'over',
      outcome: 'succeeded',
      wasLetRun: true,
      wasEdited: false,
      args: { version: '2.4.0' },
      words: expect.stringContaining('It ran, and its metrics stayed within their limits.'),
    });
  });

  test('made twice is one action', async () => {
    const call = deploy('2.4.0');
    await askAbout(governing(), call);
    const action = actionOf(world(), call.id);
    await world().decide('grace', 'approve', action);
    await action.result();
    expect(await askAbout(governing(), call)).toMatchObject({ kind: 'over', outcome: 'succeeded' });
    expect(await world().effectsOf(action)).toEqual(['setVersion']);
  });

  test('signed and made twice at the same moment is one action', async () => {
    const call = deploy('2.4.0');
    const { d, x } = KEY.privateJwk;
    const countersign = {
      ...agentOf(world()),
      agent: { id: 'signing-agent', version: '1.0.0' },
      key: { installation: world().installation.name, d, x },
    };
    // The signatures end at different moments, as those of two processes do.
    const answers = await Promise.all(
      [0, 1, 2].map(async (ms) => {
        await setTimeout(ms);
        return askAbout({ ...governing(), countersign }, call);
      }),
    );
    const actionId = `signing-agent.${call.id}`;
    expect(answers).toMatchObject(Array(3).fill({ kind: 'pending', actionId }));
    await world().countersign.action(actionId).cancel();
  });

  test('of a used id with other arguments is refused, and runs nothing', async () => {
    const call = deploy('2.4.0');
    await askAbout(governing(), call);
    expect(await askAbout(governing(), deploy('2.5.0', call.id))).toMatchObject({
      kind: 'refused',
      words: expect.stringContaining('is the id of an earlier call with other arguments'),
    });
    await actionOf(world(), call.id).cancel();
  });

  test('that people edited comes back as the arguments that ran, also where it is made again with those', async () => {
    const call = deploy('2.5.0');
    await askAbout(governing(), call);
    await editAndApprove(world(), actionOf(world(), call.id), '2.4.0');
    const answer = await askAbout(governing(), call);
    expect(answer).toMatchObject({
      kind: 'over',
      outcome: 'succeeded',
      wasEdited: true,
      args: { version: '2.4.0', explanation },
    });
    expect(answer.words).toContain(
      'grace changed the arguments before, and said why: "that one has the fix".',
    );
    expect(answer.words).toContain('You asked for {"version":"2.5.0"}; what ran is {"version":"2.4.0"}.');
    expect(await askAbout(governing(), deploy('2.4.0', call.id))).toMatchObject({ outcome: 'succeeded' });
    expect(await world().effectsOf(actionOf(world(), call.id))).toEqual(['setVersion']);
  });

  test('that a person denied says who and why, and that nothing ran', async () => {
    const call = deploy('2.4.0');
    await askAbout(governing(), call);
    await world().decide('grace', 'deny', actionOf(world(), call.id));
    const answer = await askAbout(governing(PATIENCE.timeout), call);
    expect(answer).toMatchObject({ outcome: 'deniedByPerson', wasLetRun: false });
    expect(answer.words).toContain('A person denied it. Nothing ran.');
    expect(answer.words).toContain('"grace denied it: deny by grace"');
  });

  test('that nobody decided on is expired, which is not a denial, and may be asked for again', async () => {
    const call = deploy('2.4.0');
    await askAbout(governing(), call);
    const action = actionOf(world(), call.id);
    await world().until(action, 'waiting');
    await world().skip(action, 48 * 3_600_000);
    const answer = await askAbout(governing(PATIENCE.timeout), call);
    expect(answer).toMatchObject({ outcome: 'expired', wasLetRun: false });
    expect(answer.words).toContain('Nobody denied it');
    expect(answer.words).toContain('To ask again is a new request');
  });

  test('INVARIANT 11: that the model does not explain is refused, and told by the names of its arguments', async () => {
    const { summary: _, ...short } = explanation;
    const call = { id: callId(), input: { version: '2.4.0', explanation: { ...short, evidence: [] } } };
    const answer = await askAbout(governing(), call);
    expect(answer).toMatchObject({ kind: 'refused' });
    expect(answer.words).toContain('explanation.summary: ');
    expect(answer.words).toContain('explanation.evidence: needs at least one piece of evidence');
  });

  test('that is no object is refused too', async () => {
    expect(await askAbout(governing(), { id: callId(), input: 'now!' })).toMatchObject({ kind: 'refused' });
  });

  test('is kept while no worker runs, and is pending', async () => {
    const call = deploy('2.4.0');
    const answer = await world().withoutWorker(() => askAbout(governing(), call));
    expect(answer).toMatchObject({ kind: 'pending', status: 'assessing' });
    const action = actionOf(world(), call.id);
    await world().until(action, 'waiting');
    await action.cancel();
  });
});

test('an agent may explain a tool for its model, and name target and parameters by the arguments', async () => {
  const id = callId();
  const answer = await askAbout(
    {
      ...governing(),
      target: ({ service }) => String(service),
      params: ({ version = '' }) => ({ version }),
      explain: () => explanation,
    },
    { id, input: { service: 'checkout', version: '2.4.0' } },
  );
  expect(answer).toMatchObject({ kind: 'pending' });
  const { proposal } = await actionOf(world(), id).state();
  expect(proposal).toMatchObject({ target: 'checkout', params: { version: '2.4.0' } });
  await actionOf(world(), id).cancel();
});

test('the id of the conversation keeps calls apart that have the same id', async () => {
  const id = callId();
  const inRun = (run: string) => ({ ...governing(), countersign: { ...agentOf(world()), run } });
  const [first, second] = await Promise.all([
    askAbout(inRun('monday'), deploy('2.4.0', id)),
    askAbout(inRun('tuesday'), deploy('2.5.0', id)),
  ]);
  expect([first, second]).toMatchObject([
    { kind: 'pending', actionId: `deploy-agent.monday.${id}` },
    { kind: 'pending', actionId: `deploy-agent.tuesday.${id}` },
  ]);
  for (const run of ['monday', 'tuesday'])
    await world().countersign.action(`deploy-agent.${run}.${id}`).cancel();
});

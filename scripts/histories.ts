/**
 * Records a history of every path, for `test/replay`: `npm run histories`. Plays the demo's scenarios and the few paths that
 * they leave out. Recorded histories are kept when the code changes: they are what running actions began on. Those of each flow
 * (`src/domain/record/flow.ts`) have a folder.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import { asked, proposalOf } from '../examples/storefront/demo/agent.ts';
import { scripted } from '../examples/storefront/demo/decider.ts';
import { scenarios } from '../examples/storefront/demo/scenarios.ts';
import { Stage } from '../examples/storefront/demo/stage.ts';
import { Story } from '../examples/storefront/demo/story.ts';
import { FLOW } from '../src/domain/record/flow.ts';

const { History } = proto.temporal.api.history.v1;
const AS_TEXT = { enums: String, longs: String, bytes: String };
/** Stack traces name the machine's folders; the recorded ones name the project's alone. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = fileURLToPath(new URL(`../test/fixtures/histories/flow-${FLOW}/`, import.meta.url));
const HOUR = 3_600_000;

const stage = await Stage.open(new Story());
try {
  await cancelled();
  await recommended();
  await refusedByTheStorefront();
  await secondThoughts();
  await trustedAgain();
  for (const { play } of scenarios) await play(stage, scripted);
  await reviewed();
  await mkdir(FOLDER, { recursive: true });
  for await (const { workflowId, runId } of stage.countersign.client.workflow.list()) {
    const { events } = await stage.countersign.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const history = History.fromObject({ events });
    // The id of what a schedule starts ends in the time: one of them is enough.
    const name = workflowId.replaceAll('/', '-').replace(/-\d{4}-\d\d-\d\dT.*Z$/, '');
    const file = `${FOLDER}${name}.json`;
    await writeFile(
      file,
      `${JSON.stringify(History.toObject(history, AS_TEXT), null, 1).replaceAll(ROOT, '')}\n`,
    );
  }
} finally {
  await stage.close();
}

/** Each asks for something else: what was cancelled while people were asked is denied to its agent when it asks again. */
function timeoutOf(value: number) {
  return { ...asked.raiseTimeout, params: { ...asked.raiseTimeout.params, value } };
}

/** What was taken back cost the agent its levels: a person gives it back what it had, for the scenarios to come. */
async function trustedAgain(): Promise<void> {
  const { agent, actionType } = asked.raiseTimeout;
  await stage.order('grace', {
    kind: 'grant',
    agent: agent.id,
    agentVersion: agent.version,
    actionType,
    serviceTier: 1,
    level: 3,
    reason: 'the paths are recorded',
  });
}

async function cancelled(): Promise<void> {
  const waiting = await stage.propose(proposalOf(timeoutOf(2_100), 'cancelled-waiting'));
  await stage.until(waiting, 'waiting');
  await waiting.cancel();
  await stage.outcomeOf(waiting);
  const watched = await stage.propose(proposalOf(timeoutOf(2_200), 'cancelled-watching'));
  await stage.decide(watched, 'grace', 'approve');
  await stage.until(watched, 'watching');
  await watched.cancel();
  await stage.outcomeOf(watched);
}

/** What people say besides yes and no. */
async function secondThoughts(): Promise<void> {
  const ask = async (key: string, value: number) => {
    const action = await stage.propose(proposalOf(timeoutOf(value), key));
    await stage.until(action, 'waiting');
    return action;
  };
  const edited = await ask('raise-timeout-edited', 2_300);
  await stage.say(edited, 'grace', { verdict: 'ask' });
  const [question] = await edited.openQuestions();
  await edited.answer(question?.id ?? '', 'The provider said 2.4 s would do.');
  await stage.say(edited, 'grace', {
    verdict: 'edit',
    params: { ...asked.raiseTimeout.params, value: 2_400 },
  });
  await stage.untilAskedAgain(edited);
  await stage.decide(edited, 'linus', 'approve');
  await stage.outcomeOf(edited);

  const revoked = await ask('raise-timeout-revoked', 2_600);
  await stage.decide(revoked, 'grace', 'approve');
  await stage.until(revoked, 'watching');
  await stage.say(revoked, 'linus', { verdict: 'revoke' });
  await stage.outcomeOf(revoked);

  const glass = await ask('raise-timeout-glass', 2_700);
  await stage.say(glass, 'linus', { verdict: 'breakGlass', incident: 'INC-347' });
  await stage.outcomeOf(glass);
}

async function refusedByTheStorefront(): Promise<void> {
  const unknown = await stage.propose(
    proposalOf({ ...asked.deployBad, params: { version: '9.9.9' } }, 'deploy-unknown'),
  );
  await stage.decide(unknown, 'grace', 'approve');
  await stage.outcomeOf(unknown);
}

async function recommended(): Promise<void> {
  const proposal = proposalOf({ ...asked.flushCache, declaredTier: 4 }, 'recommended');
  await stage.outcomeOf(await stage.propose(proposal));
}

async function reviewed(): Promise<void> {
  const overdue = await stage.propose(proposalOf(asked.flushCache, 'flush-overdue'));
  await stage.outcomeOf(overdue);
  const { workflowId } = await stage.countersign.review(overdue.actionId);
  await stage.skip(workflowId, 'a day', 25 * HOUR);
  await stage.review('cache-agent.flush-catalog', 'mei', 'approve');
  await stage.review('scaler-agent.scale-cart', 'priya', 'deny');
}

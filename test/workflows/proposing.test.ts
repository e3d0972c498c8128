import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { effectsOf } from '../../examples/storefront/process.ts';
import type { Fault } from '../../src/client/index.ts';
import { compileParams } from '../../src/config/action-types/params.ts';
import { actionIdOf, actionWorkflowId, GOVERN_ACTION } from '../../src/contract/ids.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const fault = (_: unknown, problem: string) => ({ file: 'nowhere', line: 1, problem });
const { checkParams } = compileParams(
  Object.values(testInstallation().installation.actionTypes).map((type) => ({
    type,
    source: { file: 'nowhere', value: type, fault },
  })),
);

const world = useWorld({ faults: () => ({ checkParams }) });

/** A deploy with members that no type would let through. */
const bent = (changes: object): Proposal => ({ ...deploy('2.4.0'), ...changes });
const parsed = (json: string): object => JSON.parse(json);
const at = (where: string, problem: RegExp): Fault => ({ where, problem: expect.stringMatching(problem) });

const { summary: _, ...unsummarised } = proposal().rationale;

const REFUSED: [what: string, proposed: () => Proposal, faults: Fault[]][] = [
  [
    'an action type that is not known',
    () => bent({ actionType: 'version.delete' }),
    [
      at(
        'actionType',
        /"version.delete" is not known here; known: cache.flush, schema.migrate, version.deploy/,
      ),
    ],
  ],
  [
    'a target that is not known',
    () => bent({ target: 'payments' }),
    [at('target', /"payments" is not known/)],
  ],
  [
    'an agent that is not known',
    () => bent({ agent: { id: 'eve', version: '1' } }),
    [at('agent.id', /"eve" is not/)],
  ],
  [
    'an environment that is not known',
    () => bent({ environment: 'staging' }),
    [at('environment', /known: production/)],
  ],
  [
    'names that every object has',
    () => bent({ actionType: 'constructor', target: 'toString', environment: 'valueOf' }),
    [at('actionType', /not known/), at('target', /not known/), at('environment', /not known/)],
  ],
  [
    'a parameter that is missing, and one that nobody declared',
    () => bent({ params: { versoin: '2.4.0' } }),
    [at('params.version', /is missing/), at('params.versoin', /did you mean "version"/)],
  ],
  ['a parameter out of its schema', () => deploy('latest'), [at('params.version', /must match pattern/)]],
  [
    'a parameter out of its schema, and three names that are not known',
    () => bent({ params: { version: 2 }, target: 'x', environment: 'y', agent: { id: 'z', version: '1' } }),
    [
      at('params.version', /must be string/),
      at('target', /"x"/),
      at('environment', /"y"/),
      at('agent.id', /"z"/),
    ],
  ],
  ['no rationale', () => bent({ rationale: undefined }), [at('rationale', /is missing/)]],
  [
    'no rationale, a parameter out of its schema, and three names that are not known',
    () => {
      const unknown = { target: 'x', environment: 'y', agent: { id: 'z', version: '1' } };
      return bent({ ...unknown, rationale: undefined, params: { version: 2 } });
    },
    [
      at('rationale', /is missing/),
      at('params.version', /must be string/),
      at('target', /"x"/),
      at('environment', /"y"/),
      at('agent.id', /"z"/),
    ],
  ],
  [
    'a rationale without a summary',
    () => bent({ rationale: unsummarised }),
    [at('rationale.summary', /is missing/)],
  ],
  [
    'nothing but a bare wish',
    () =>
      bent({
        rationale: { summary: ' ', confidence: 2, alternatives: [] },
        evidence: [],
        successCriteria: [],
      }),
    [
      at('rationale.summary', /is empty/),
      at('rationale.confidence', /must be 0 to 1/),
      at('rationale.alternatives', /at least one alternative/),
      at('evidence', /at least one piece/),
      at('successCriteria', /at least one success criterion/),
    ],
  ],
  [
    'a text of 1 MB',
    () => bent({ rationale: { ...proposal().rationale, summary: 'x'.repeat(1_000_000) } }),
    [at('the whole', /at most 65536 are taken/)],
  ],
  [
    'a parameter that reaches the prototype',
    () => bent({ params: parsed('{"version": "2.4.0", "__proto__": {"admin": true}}') }),
    [at('params.__proto__', /not allowed/)],
  ],
  [
    'a parameter that reaches the prototype from within',
    () => bent({ params: parsed('{"version": {"constructor": {"prototype": {"admin": true}}}}') }),
    [at('params.version.constructor', /not allowed/)],
  ],
  [
    'members that reach the prototype',
    () => bent(parsed('{"__proto__": {"declaredTier": 1}, "constructor": 1}')),
    [at('__proto__', /not a known member/), at('constructor', /not a known member/)],
  ],
  ['a tier that does not exist', () => bent({ declaredTier: 0 }), [at('declaredTier', /./)]],
  [
    'a key that is no name',
    () => bent({ idempotencyKey: '../deploy' }),
    [at('idempotencyKey', /letters, digits/)],
  ],
];

const untouched = async () => expect(await effectsOf(world().storefront.url)).toEqual([]);
/** A refused proposal leaves nothing that goes on or counts: no workflow, or one that failed, and nothing in the ledger. */
const nothingGoesOn = async (proposed: Proposal) => {
  const { workflow } = world().client;
  const started = workflow.getHandle(actionWorkflowId(actionIdOf(proposed))).describe();
  const status = await started.then(
    (description) => description.status.name,
    (error: unknown) => error,
  );
  if (status !== 'FAILED') expect(status).toBeInstanceOf(WorkflowNotFoundError);
  expect(await world().ledger.entriesOf(actionIdOf(proposed))).toEqual([]);
};

describe.each(REFUSED)('%s', (_, proposed, faults) => {
  test.each(['propose', 'proposeAndRule'] as const)(
    'is refused by %s with every fault, and nothing goes on',
    async (way) => {
      const refused = proposed();
      await expect(world().countersign[way](refused)).rejects.toMatchObject({
        name: 'ProposalRefused',
        faults: expect.arrayContaining(faults),
      });
      await nothingGoesOn(refused);
      await untouched();
    },
  );

  test('is refused by the workflow itself, however it was started', async () => {
    const refused = proposed();
    const workflowId = actionWorkflowId(actionIdOf(refused));
    const options = { taskQueue: world().taskQueue, workflowId, args: [refused] };
    const failed = await world()
      .client.workflow.execute(GOVERN_ACTION, options)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(WorkflowFailedError);
    expect(failed).toMatchObject({
      cause: { type: 'ProposalRefused', details: [expect.arrayContaining(faults)] },
    });
    expect(await world().ledger.entriesOf(actionIdOf(refused))).toEqual([]);
    expect(await world().historyOf(world().countersign.action(actionIdOf(refused)))).not.toContain(
      'WORKFLOW_TASK_FAILED',
    );
    await untouched();
  });
});

test.each(['propose', 'proposeAndRule'] as const)(
  'a refused proposal does not use up its key: once it is right, %s takes it',
  async (way) => {
    const idempotencyKey = crypto.randomUUID();
    const wrong = deploy('2.4.0', { idempotencyKey, target: 'payments' });
    await expect(world().countersign[way](wrong)).rejects.toMatchObject({ name: 'ProposalRefused' });
    await expect(world().countersign[way](wrong)).rejects.toMatchObject({ name: 'ProposalRefused' });
    const action = await world().asked(deploy('2.4.0', { idempotencyKey }));
    expect(await world().ledgerOf(action)).toEqual(['ruled']);
  },
);

test.each([
  ['nothing', []],
  ['null', [null]],
  ['a number', [5]],
  ['a text', ['flush the cache']],
  ['a list', [[proposal()]]],
  ['an empty object', [{}]],
])('a workflow that was started with %s for a proposal refuses it', async (_, args) => {
  const workflowId = actionWorkflowId(crypto.randomUUID());
  const options = { taskQueue: world().taskQueue, workflowId, args };
  const failed = await world()
    .client.workflow.execute(GOVERN_ACTION, options)
    .catch((error: unknown) => error);
  expect(failed).toMatchObject({ cause: { type: 'ProposalRefused' } });
  await untouched();
});

test('INVARIANT 8: an action is governed under its own id alone', async () => {
  const proposed = proposal();
  const actionId = actionIdOf(proposed);
  const elsewhere = { taskQueue: world().taskQueue, workflowId: `action/also-${actionId}`, args: [proposed] };
  const failed = await world()
    .client.workflow.execute(GOVERN_ACTION, elsewhere)
    .catch((error: unknown) => error);
  const problem = `is action/also-${actionId}; this action is governed as action/${actionId} alone`;
  expect(failed).toMatchObject({
    cause: { type: 'ProposalRefused', details: [[{ where: 'the workflow id', problem }]] },
  });
  await untouched();
});

import { expect, test } from 'vitest';
import type { Countersign } from '../../src/client/index.ts';
import { actionDigest } from '../../src/domain/action/action-digest.ts';
import { chain, GENESIS } from '../../src/domain/ledger/ledger.ts';
import { type ActionState, NOTHING_YET } from '../../src/domain/record/action-state.ts';
import { subjectOf } from '../../src/gateway/use-cases/decide.ts';
import { readAction } from '../../src/gateway/use-cases/read-action.ts';
import { aVote } from '../domain/support.ts';
import { aMessage } from '../support/messages.ts';

const { workflowId, runId, proposal, action, impact, ruling } = aMessage();

/** The ledger's word of the action, beside a workflow that answers like this: anybody may have a worker that does. */
const readers = (answer: Partial<ActionState>) => ({
  now: () => 0,
  ledger: {
    entriesOf: async () => [
      chain(GENESIS, {
        eventId: `${action.id}/${runId}/ruled`,
        actionId: action.id,
        kind: 'ruled',
        at: 1,
        body: JSON.parse(JSON.stringify({ proposal, action, impact, ruling })),
      }),
    ],
  },
  countersign: {
    client: { withDeadline: (_: number, ask: () => Promise<unknown>) => ask() },
    action: () => ({
      state: async () => ({
        ...NOTHING_YET,
        workflowId,
        runId,
        proposal,
        action,
        impact,
        ruling,
        status: 'waiting',
        ...answer,
      }),
    }),
  } as unknown as Countersign,
});

const read = (answer: Partial<ActionState>) =>
  readAction(readers(answer) as unknown as Parameters<typeof readAction>[0], action.id);

test('INVARIANT 13: what people are shown is the ledger’s word, whatever its workflow answers', async () => {
  const lie = { ...action, title: 'flush a cache', params: { version: '0.0.1' } };
  const { state } = await read({ action: lie, votes: [aVote('grace')] });
  expect(state.action).toEqual(action);
  expect(state.votes).toEqual([]);
});

test('INVARIANT 13: what was found is the ledger’s word too: a workflow can neither add nor hide it', async () => {
  const { state } = await read({ findings: [{ kind: 'noChange', weight: 2, text: 'nothing changes' }] });
  expect(state.findings).toBeUndefined();
});

test('INVARIANT 13: a workflow that is about something else is not shown at all', async () => {
  const answer = {
    ruling: { ...ruling, digest: 'f'.repeat(64) },
    outcome: { kind: 'succeeded' as const, reason: '' },
  };
  const { from, state } = await read(answer);
  expect([from, state.ruling?.digest, state.outcome]).toEqual(['ledger', ruling.digest, undefined]);
});

test('INVARIANT 2: what the gateway signs has the digest of what is shown, not the one that is told', () => {
  const told = { ...ruling, digest: 'f'.repeat(64) };
  const state = { ...NOTHING_YET, workflowId, runId, proposal, action, impact, status: 'waiting' } as const;
  expect(subjectOf({ ...state, ruling: told }).digest).toBe(actionDigest(action, ruling.pins));
});

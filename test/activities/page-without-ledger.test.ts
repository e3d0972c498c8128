import { describe, expect, test } from 'vitest';
import { createPageWithoutLedger } from '../../src/activities/page-without-ledger.ts';
import type { Message } from '../../src/activities/ports/channels.ts';
import type { Fact } from '../../src/activities/ports/ledger.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import type { Phase } from '../../src/domain/analysis/metrics.ts';
import { type Ticket, whatWasRuled } from '../../src/domain/record/sealed-ticket.ts';
import { sealed } from '../../src/domain/shared/seal.ts';
import { aMetric } from '../domain/support.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk, NOW, never } from './desk.ts';

/** An action that was admitted, and whose rollback failed; with the pages that on-call got of it. */
async function aFailedRollback() {
  const asked = proposal();
  const desk = aDesk(asked);
  const found = await createRule(desk.deps).rule({ proposal: asked });
  if (found.kind !== 'ruled') throw new Error(JSON.stringify(found));
  const { action, impact, ruling } = found;
  const ruled = { proposal: asked, action, impact, ruling };
  const ticket: Ticket = {
    actionId: action.id,
    runId: desk.runId,
    digest: ruling.digest,
    ruled: whatWasRuled(ruled),
    fencingToken: 1,
    rollback: null,
    watch: null,
    watchForMs: 0,
    baseline: {},
  };
  const attempt = {
    eventId: `${action.id}/${desk.runId}/takenBack/1`,
    actionId: action.id,
    kind: 'takenBack' as const,
    at: NOW,
    body: { digest: ruling.digest, kind: 'unknown', summary: 'it answered 503' },
  };
  const pages: Message[] = [];
  const { pageRollbackFailed } = createPageWithoutLedger({
    ...desk.deps,
    pager: {
      send: async (message) => {
        pages.push(message);
        return { kind: 'delivered', detail: 'taken' };
      },
      alarm: never,
      resolve: async () => ({ kind: 'delivered', detail: 'taken back' }),
    },
  });
  const { sealKey } = desk.deps;
  const input = { ticket: sealed(ticket, sealKey), attempt: sealed(attempt, sealKey), ruled };
  return { desk, pages, pageRollbackFailed, input, ticket, attempt, sealKey };
}

test('INVARIANT 9: on-call is paged of a rollback that failed, without the ledger', async () => {
  const { pages, pageRollbackFailed, input } = await aFailedRollback();
  const { unrecorded } = await pageRollbackFailed(input);
  expect(pages).toMatchObject([
    {
      kind: 'rollbackFailed',
      action: input.ruled.action,
      outcome: { kind: 'rollbackFailed', reason: 'taking it back failed: it answered 503' },
    },
  ]);
  expect(unrecorded.what).toMatchObject({
    kind: 'told',
    body: { deliveries: [{ step: 'end-page', by: 'page' }] },
  });
});

test('INVARIANT 13: findings that were not recorded with the ruling are not sent', async () => {
  const { pages, pageRollbackFailed, input } = await aFailedRollback();
  const findings = [{ kind: 'noChange', weight: 2, text: 'nothing changes' }] as const;
  const forged = pageRollbackFailed({ ...input, ruled: { ...input.ruled, findings } });
  await expect(forged).rejects.toThrow('it was ruled otherwise');
  expect(pages).toEqual([]);
});

test.each<[string, Partial<Pick<Fact, 'eventId' | 'kind'>>, object?]>([
  ['the attempt took it back', {}, { kind: 'done' }],
  ['the attempt is of another run', { eventId: 'an-action/another-run/takenBack/1' }],
  ['the attempt was no rollback', { kind: 'executed' }],
])('INVARIANT 13: nobody is paged where %s', async (_, changes, body = {}) => {
  const { pages, pageRollbackFailed, input, attempt, sealKey } = await aFailedRollback();
  const other = sealed({ ...attempt, ...changes, body: { ...attempt.body, ...body } }, sealKey);
  await expect(pageRollbackFailed({ ...input, attempt: other })).rejects.toMatchObject({
    type: 'NotOnRecord',
  });
  expect(pages).toEqual([]);
});

test('INVARIANT 13: nobody is paged of what our workers did not seal, or of other words than were ruled on', async () => {
  const { desk, pages, pageRollbackFailed, input, attempt, ticket } = await aFailedRollback();
  const another = new Uint8Array(32).fill(8);
  const { action } = input.ruled;
  const forged = [
    { ...input, ticket: sealed(ticket, another) },
    { ...input, attempt: sealed(attempt, another) },
    { ...input, ruled: { ...input.ruled, action: { ...action, title: 'all is well' } } },
  ];
  for (const each of forged)
    await expect(pageRollbackFailed(each)).rejects.toMatchObject({ type: 'NotOnRecord' });
  desk.runId = 'another run';
  await expect(pageRollbackFailed(input)).rejects.toMatchObject({ type: 'NotOnRecord' });
  expect(pages).toEqual([]);
});

describe('a rollback that worked, and whose metrics', () => {
  /** What was sealed of the checks after it. */
  async function checked(phases: readonly Phase[], changes: Partial<Ticket> = {}) {
    const failed = await aFailedRollback();
    const { desk, input, ticket, sealKey } = failed;
    const after = { watch: { metrics: [aMetric()] }, takenBackAt: NOW, ...changes };
    const checks = phases.map((phase, check) => {
      const measurements = [{ metric: 'error-ratio', phase, reason: `it was ${phase}`, at: NOW }];
      const eventId = `${ticket.actionId}/${desk.runId}/measuredBack/${check}`;
      const body = { check, measurements };
      return sealed<Fact>(
        { eventId, actionId: ticket.actionId, kind: 'measuredBack', at: NOW, body },
        sealKey,
      );
    });
    const { ruled } = input;
    return { ...failed, input: { ticket: sealed({ ...ticket, ...after }, sealKey), checks, ruled } };
  }

  test('INVARIANT 9: are not back is paged without the ledger', async () => {
    const { pages, pageRollbackFailed, input } = await checked(['successful', 'failed']);
    await pageRollbackFailed(input);
    const reason = 'it was taken back, and its metrics are not back: error-ratio is not back: it was failed';
    expect(pages).toMatchObject([
      { kind: 'rollbackUnverified', outcome: { kind: 'rollbackUnverified', reason } },
    ]);
  });

  test.each<[string, readonly Phase[], Partial<Ticket>?]>([
    ['are back', ['failed', 'successful']],
    ['nobody measured', []],
    ['were measured before it alone', ['failed'], { takenBackAt: undefined }],
  ])('INVARIANT 13: %s is not paged', async (_, phases, changes) => {
    const { pages, pageRollbackFailed, input } = await checked(phases, changes);
    await expect(pageRollbackFailed(input)).rejects.toMatchObject({ type: 'NotOnRecord' });
    expect(pages).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { createExecute } from '../../src/activities/execute.ts';
import type { Effect, EffectResult } from '../../src/activities/ports/executor.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import { inEveryPlace } from '../../src/activities/shared/send.ts';
import type { PlanTemplate } from '../../src/domain/installation/installation.ts';
import type { EntryKind } from '../../src/domain/ledger/ledger.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk, NOW } from './desk.ts';

const job = (path: string): PlanTemplate => ({
  executor: 'job',
  method: 'POST',
  url: `http://storefront.example/${path}`,
  body: {},
  status: { intervalMs: 1_000, succeeded: 'status == 200', failed: 'status == 500' },
  timeoutMs: 60_000,
});

function installationWith(execute: PlanTemplate) {
  const { actionTypes, ...rest } = testInstallation().installation;
  const flush = actionTypes['cache.flush'];
  if (!flush) throw new Error('there is no cache.flush');
  return { ...rest, actionTypes: { ...actionTypes, 'cache.flush': { ...flush, execute } } };
}

const BEGUN = [
  'begun',
  { way: 'there', attempt: 'an earlier one', job: 'http://storefront.example/jobs/7' },
] as const;
const REVOKED = ['revoked', { by: 'grace', reason: 'enough' }] as const;

/** Executes an action of which these facts are on record too. @param said what the executor says of it */
async function executed(
  facts: readonly (readonly [EntryKind, object])[],
  said: EffectResult,
  installationNow = installationWith(job('jobs')),
) {
  const of = proposal();
  const sent: Effect[] = [];
  const desk = aDesk(of, { installation: installationWith(job('jobs')) });
  const ruled = await createRule(desk.deps).rule({ proposal: of });
  if (ruled.kind !== 'ruled') throw new Error(JSON.stringify(ruled));
  const { id: actionId } = ruled.action;
  const { digest } = ruled.ruling;
  const admitted = ['admitted', { digest, settlement: null, votes: [], execute: {} }] as const;
  for (const [i, [kind, body]] of [admitted, ...facts].entries())
    await desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/${kind}/before-${i}`,
      actionId,
      kind,
      at: NOW,
      body: { digest, ...body },
    });
  const executors = inEveryPlace({
    run: async (effect) => {
      sent.push(effect);
      return said;
    },
  });
  const leases = { ...desk.deps.leases, of: async () => ({ holder: actionId, fencingToken: 1 }) };
  const result = await createExecute({ ...desk.deps, installation: installationNow, executors, leases })
    .execute()
    .catch((error: unknown) => error);
  return { sent, result };
}

test('a job that an earlier attempt began is followed where the ledger says', async () => {
  const { sent, result } = await executed([BEGUN], { kind: 'done', summary: 'done' });
  expect(sent).toMatchObject([{ job: { statusUrl: 'http://storefront.example/jobs/7', since: NOW } }]);
  expect(result).toMatchObject({ receipt: { summary: 'done' } });
});

test('a job that says that it changed nothing has had no effect, whichever attempt hears it', async () => {
  const { result } = await executed([BEGUN], { kind: 'refused', reason: 'rejected' });
  expect(result).toMatchObject({ type: 'EffectRefused', message: 'rejected' });
});

test('a job that was begun is followed where the action was revoked meanwhile: its executor cancels it', async () => {
  const { sent } = await executed([BEGUN, REVOKED], { kind: 'refused', reason: 'cancelled' });
  expect(sent).toHaveLength(1);
});

test('INVARIANT 8: a job that was begun may have an effect, also where nothing more is sent', async () => {
  const { sent, result } = await executed(
    [BEGUN],
    { kind: 'done', summary: 'never asked' },
    installationWith(job('others')),
  );
  expect(sent).toEqual([]);
  expect(result).toMatchObject({
    type: 'EffectUnknown',
    message:
      'the installation of this worker would send something else; the job that was begun is not followed',
    nonRetryable: true,
  });
});

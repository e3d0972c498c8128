import { expect, test, vi } from 'vitest';
import type { Fact } from '../../src/activities/ports/ledger.ts';
import { type Candidate, createShadow } from '../../src/activities/ruling/shadow.ts';
import { shadowedIn } from '../../src/domain/simulation/shadow.ts';
import { folderWith, recordedBy } from '../domain/simulation/support.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';

const active = folderWith();
const { installation } = active;
const flush = testInstallation().installation.actionTypes['cache.flush'];
if (!flush) throw new Error('there is no cache.flush');
const strict = folderWith({
  actionTypes: { 'cache.flush': { ...flush, tier: { 1: 3, 2: 3, 3: 3, 4: 3 } } },
});

/** A shadow that keeps what it records. @param append what recording does instead */
function shadowOf(candidate: Candidate, append: (fact: Fact) => Promise<void> = async () => undefined) {
  const recorded: Fact[] = [];
  const warn = vi.fn();
  const ledger = {
    append: async (fact: Fact) => {
      await append(fact);
      recorded.push(fact);
    },
    entriesOf: async () => [],
  };
  return { ...createShadow({ installation, ledger, warn }, candidate), recorded, warn };
}

test('the answer of a candidate is recorded beside the ruling, with both digests', async () => {
  const { shadow, done, recorded } = shadowOf({ kind: 'loaded', ...strict });
  const ruled = recordedBy(active);
  shadow('the/ruling', ruled);
  // Nothing waits for it.
  expect(recorded).toEqual([]);
  await done();
  expect(recorded).toMatchObject([
    {
      kind: 'shadowed',
      actionId: ruled.actionId,
      eventId: expect.stringMatching(new RegExp(`^${ruled.actionId}/run-1/shadowed/`)),
      body: { of: 'the/ruling', kind: 'compared', case: { class: 'tightened' } },
    },
  ]);
  expect(shadowedIn(recorded[0]?.body)).toBeDefined();
});

test('a faulty candidate is recorded as that', async () => {
  const { shadow, done, recorded } = shadowOf({ kind: 'faulty', why: 'there is no such folder' });
  shadow('the/ruling', recordedBy(active));
  await done();
  expect(recorded).toMatchObject([
    { body: { of: 'the/ruling', kind: 'faulty', why: 'is faulty: there is no such folder' } },
  ]);
});

test('a candidate that fails on an action is recorded as that, and is asked about the next one', async () => {
  let calls = 0;
  const failing = {
    ...strict,
    checkParams: () => {
      calls += 1;
      if (calls === 1) throw new Error('out of order');
      return [];
    },
  };
  const { shadow, done, recorded } = shadowOf({ kind: 'loaded', ...failing });
  shadow('first', recordedBy(active));
  shadow('second', recordedBy(active));
  await done();
  expect(recorded.map(({ body }) => body)).toMatchObject([
    { of: 'first', kind: 'faulty', why: 'could not rule on it: out of order' },
    { of: 'second', kind: 'compared' },
  ]);
});

test('where the ledger does not take it, nobody but the log is told', async () => {
  const { shadow, done, recorded, warn } = shadowOf({ kind: 'loaded', ...strict }, async () => {
    throw new Error('the database is away');
  });
  expect(() => shadow('the/ruling', recordedBy(active))).not.toThrow();
  await done();
  expect(recorded).toEqual([]);
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('the database is away'));
});

test('a flood does not fill the memory: what comes while a thousand wait is left out', async () => {
  const { shadow, done, recorded, warn } = shadowOf({ kind: 'faulty', why: 'x' });
  const ruled = recordedBy(active, { given: proposal({ idempotencyKey: 'flood' }) });
  for (let n = 0; n < 1_002; n += 1) shadow(`ruling-${n}`, ruled);
  await done();
  expect([recorded.length, warn.mock.calls.length]).toEqual([1_000, 2]);
});

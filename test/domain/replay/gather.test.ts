import { expect, test } from 'vitest';
import { chain, GENESIS, type NewEntry, type ReadEntry } from '../../../src/domain/ledger/ledger.ts';
import { gatheringProposed } from '../../../src/domain/replay/gather.ts';
import type { Json } from '../../../src/domain/shared/json.ts';
import type { RecordedRuling } from '../../../src/domain/simulation/recorded-ruling.ts';
import { deploy, proposal } from '../../support/proposals.ts';
import { folderWith, recordedBy } from '../simulation/support.ts';

const folder = folderWith();
const flush = recordedBy(folder, { given: proposal({ idempotencyKey: 'one' }) });
const release = recordedBy(folder, { given: deploy('2.4.0', { idempotencyKey: 'two' }) });

const json = (value: unknown): Json => JSON.parse(JSON.stringify(value));
const ruled = ({
  actionId,
  runId,
  at,
  proposal: given,
  action,
  impact,
  ruling,
}: RecordedRuling): NewEntry => ({
  eventId: `${actionId}/${runId}/ruled/${at}`,
  actionId,
  kind: 'ruled',
  at,
  body: json({ proposal: given, action, impact, ruling, circumstances: {} }),
});
const closed = ({ actionId, runId }: RecordedRuling): NewEntry => ({
  eventId: `${actionId}/${runId}/closed`,
  actionId,
  kind: 'closed',
  at: 9,
  body: { outcome: { kind: 'succeeded', reason: '' } },
});

/** What is gathered of these facts, in their order. */
function gathered(facts: readonly NewEntry[], agent?: string, bend = (entry: ReadEntry): ReadEntry => entry) {
  const { add, proposed } = gatheringProposed(agent);
  facts.reduce((head, fact) => {
    const entry = chain(head, fact, '00'.repeat(16));
    add(bend(entry));
    return entry;
  }, GENESIS);
  return proposed();
}

test('each action is one situation, as its agent proposed it first, with how it ended', () => {
  const again = { ...flush, at: flush.at + 5, action: { ...flush.action, params: { edited: true } } };
  const { rulings, endings, unread } = gathered([ruled(flush), ruled(release), ruled(again), closed(flush)]);
  expect(rulings.map(({ actionId, action }) => [actionId, action.params])).toEqual([
    ['cache-agent.one', {}],
    ['deploy-agent.two', { version: '2.4.0' }],
  ]);
  expect(endings.get('cache-agent.one')?.outcome).toBe('succeeded');
  expect(unread).toEqual([]);
});

test('of one agent, nothing of others counts', () => {
  const { rulings, unread } = gathered([ruled(flush), ruled(release)], 'deploy-agent');
  expect(rulings.map(({ actionId }) => actionId)).toEqual(['deploy-agent.two']);
  expect(unread).toEqual([]);
});

test('INVARIANT 7: what was erased or changed is named, and never left out', () => {
  const bend = (entry: ReadEntry): ReadEntry =>
    entry.seq === 1
      ? { ...entry, kind: 'unreadable', body: { reason: 'its hash is another one' } }
      : { ...entry, kind: 'erased', was: 'ruled', commitment: '', body: { reason: 'erased' } };
  const { rulings, unread } = gathered([ruled(flush), ruled(release)], undefined, bend);
  expect(rulings).toEqual([]);
  expect(unread.map(({ why }) => why)).toEqual([
    'entry 1 of the ledger cannot be read',
    'what it said was erased',
  ]);
});

test('INVARIANT 13: what somebody may have proposed in the name of an agent is not asked', () => {
  const unsigned = {
    ...flush,
    action: { ...flush.action, agent: { ...flush.action.agent, unsigned: 'no key' } },
  };
  const { rulings, unread } = gathered([ruled(unsigned)]);
  expect(rulings).toEqual([]);
  expect(unread[0]?.why).toMatch(/^nobody knows whether its agent proposed it/);
});

test('what a person asked to take back is no question to an agent', () => {
  const wish = { actionId: 'an.action', attempt: 1, jws: 'a.b.c' };
  const { rulings, unread } = gathered([
    ruled({ ...flush, proposal: { ...flush.proposal, takesBack: wish } }),
  ]);
  expect({ rulings, unread }).toEqual({ rulings: [], unread: [] });
});

import { expect, test } from 'vitest';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import { asPeopleLeftThem } from '../../../src/domain/ledger/taken-back.ts';
import { aPastAction } from '../support.ts';

const healthy = { at: 20, outcome: 'succeeded', foundHealthy: true } as const;
const deployed = aPastAction({ actionId: 'deploy', admittedAt: 10, closed: healthy });
const back = (changes: Partial<PastAction> = {}): PastAction =>
  aPastAction({
    actionId: '~back~deploy~1',
    takesBack: 'deploy',
    admittedAt: 90,
    closed: { at: 100, outcome: 'succeeded' },
    ...changes,
  });

test('what people took back counts as rolled back, and what took it back as nothing', () => {
  const closed = {
    at: 100,
    outcome: 'rolledBack',
    reason: 'people took it back afterwards, by ~back~deploy~1',
    rollbackMs: 10,
  };
  expect(asPeopleLeftThem([back(), deployed])).toEqual([{ ...deployed, closed }]);
});

test.each(['deniedByPerson', 'failed', 'rolledBack', 'revoked'] as const)(
  'taking it back that ended %s left it as it was',
  (outcome) => {
    expect(asPeopleLeftThem([back({ closed: { at: 100, outcome } }), deployed])).toEqual([deployed]);
  },
);

test('what was taken back and put there again stands', () => {
  const again = back({ actionId: '~back~~back~deploy~1~1', takesBack: '~back~deploy~1', admittedAt: 200 });
  expect(asPeopleLeftThem([again, back(), deployed])).toEqual([deployed]);
});

test.each([
  ['that is not over', undefined],
  ['of which nobody knows how it ended', { at: 100, outcome: 'rollbackFailed' }],
] as const)('taking back %s stays: nobody knows what is there', (_, closed) => {
  const uncertain = back({ closed });
  expect(asPeopleLeftThem([uncertain, deployed])).toEqual([uncertain, deployed]);
});

test('of an action that nobody took back, nothing changes', () => {
  expect(asPeopleLeftThem([deployed])).toEqual([deployed]);
});

import { describe, expect, test } from 'vitest';
import { asked, proposalOf } from '../../examples/storefront/demo/agent.ts';
import { approversOf } from '../../src/domain/approval/requirement.ts';
import { mayOf } from '../../src/gateway/routes/may.ts';
import { loadStorefront, NOW, waitingState } from '../support/page-data.ts';

const storefront = await loadStorefront();

describe('an action that runs without anybody having been asked', () => {
  const running = waitingState(storefront, proposalOf(asked.flushCache, 'flush'));
  const { ruling } = running;
  if (!ruling || !('review' in ruling) || 'requirement' in ruling) throw new Error('it is not of tier 1');
  const [reviewer = ''] = approversOf(ruling.review.requirement).map(({ person }) => person);

  test.each(['admitting', 'executing', 'watching'] as const)(
    'can be revoked while it is %s, by who reviews it',
    (status) => {
      expect(mayOf({ ...running, status }, undefined, reviewer, NOW)).toMatchObject({ revoke: true });
      expect(mayOf({ ...running, status }, undefined, 'samira', NOW).revoke).toBeUndefined();
    },
  );

  test.each(['assessing', 'rollingBack', 'closed'] as const)('cannot while it is %s', (status) => {
    expect(mayOf({ ...running, status }, undefined, reviewer, NOW).revoke).toBeUndefined();
  });
});

describe('an action of which its watch cannot tell', () => {
  const running = waitingState(storefront, proposalOf(asked.flushCache, 'undecided'));
  const { ruling } = running;
  if (!ruling || !('review' in ruling)) throw new Error('nobody reviews it');
  const [reviewer = ''] = approversOf(ruling.review.requirement).map(({ person }) => person);
  const undecided = { ...running, status: 'undecided', deadline: NOW + 60_000 } as const;

  test('can be kept or revoked by who reviews it, until the time is over', () => {
    expect(mayOf(undecided, undefined, reviewer, NOW)).toMatchObject({ keep: true, revoke: true });
    expect(mayOf(undecided, undefined, reviewer, NOW).approve).toBeUndefined();
    expect(mayOf(undecided, undefined, reviewer, undecided.deadline).keep).toBeUndefined();
  });

  test('by nobody else, not a second time, and not while it is watched', () => {
    expect(mayOf(undecided, undefined, 'samira', NOW).keep).toBeUndefined();
    const kept = { by: reviewer, reason: 'calm', at: NOW, jws: 'x' };
    expect(mayOf({ ...undecided, kept }, undefined, reviewer, NOW).keep).toBeUndefined();
    expect(mayOf({ ...undecided, status: 'watching' }, undefined, reviewer, NOW).keep).toBeUndefined();
  });
});

describe('an action that waits', () => {
  const waiting = waitingState(storefront, proposalOf(asked.raiseTimeout, 'raise-timeout'));
  const { ruling } = waiting;
  if (!ruling || !('requirement' in ruling)) throw new Error('nobody is asked');
  const [person = ''] = approversOf(ruling.requirement).map((each) => each.person);
  const vote = { person, decidedAt: NOW - 1, jws: 'x', authentication: 'session' as const };

  test('offers whoever approved it to deny it or take that back, and not the same once more', () => {
    const votes = [{ ...vote, verdict: 'approve' as const }];
    const two = { ...ruling, requirement: { ...ruling.requirement, atLeast: 2 } };
    const may = mayOf({ ...waiting, votes, ruling: two }, undefined, person, NOW);
    expect([may.approve, may.deny, may.withdraw]).toEqual([undefined, true, true]);
  });

  test('says that a key of their own is needed, where the gateway cannot sign for them', () => {
    const { gateway: _, ...without } = ruling;
    const may = mayOf({ ...waiting, ruling: without }, undefined, person, NOW);
    expect(may).toEqual({ whyNot: expect.stringContaining('it takes a signing key of their own') });
  });

  test('offers nothing any more once its time is over', () => {
    expect(mayOf(waiting, undefined, person, waiting.deadline ?? 0)).toEqual({});
  });
});

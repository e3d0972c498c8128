import { describe, expect, test } from 'vitest';
import { verdictOf } from '../../../src/domain/analysis/analysis-verdict.ts';
import type { Measurement, Phase } from '../../../src/domain/analysis/metrics.ts';
import type { Delegation } from '../../../src/domain/approval/delegation.ts';
import { decided, stopsAction } from '../../../src/domain/approval/settlement.ts';
import {
  longestWatch,
  reviewedByOthers,
  tightest,
} from '../../../src/domain/ruling/break-glass-aftermath.ts';
import type { RulingInput } from '../../../src/domain/ruling/judge.ts';
import { rule } from '../../../src/domain/ruling/ruling.ts';
import { testInstallation } from '../../support/installation.ts';
import { defaultAuthorize, impactOf, RULED_AT, ruleOn } from '../../support/policies.ts';
import { heldAt } from '../../support/standing.ts';
import { aMetric, anAction, aRequirement, aVote, quorumOf } from '../support.ts';

const { installation } = testInstallation();

describe('who may break the glass', () => {
  const action = anAction({ type: 'version.deploy', target: 'checkout', serviceTier: 1 });
  const brokenBy = (changes: Partial<typeof action>, from = installation) => {
    const ruling = ruleOn(from, { ...action, ...changes });
    return ruling.breakGlass?.map(({ person }) => person);
  };

  test('is pinned when an action waits for people: whoever policy lets, by default those on call', () => {
    expect(brokenBy({})).toEqual(['linus', 'margaret']);
  });

  test('INVARIANT 4: never on the side that asks for it', () => {
    const agent = { id: 'cache-agent', version: '1', owner: 'user:linus' };
    const from = testInstallation({
      agents: { ...installation.agents, 'cache-agent': { id: 'cache-agent', owner: 'user:linus', level: 3 } },
    }).installation;
    expect(brokenBy({ agent }, from)).toEqual(['margaret']);
  });

  test('INVARIANT 4: nor whoever edited it, or decides for somebody of that side', () => {
    const impact = impactOf(installation, action);
    const asked = { action, impact, held: heldAt(3), circumstances: {}, at: RULED_AT };
    const by = (changes: Partial<RulingInput>) =>
      rule(installation, defaultAuthorize, { ...asked, ...changes }).breakGlass?.map(({ person }) => person);
    const given: Delegation = {
      id: 'd',
      from: 'radia',
      to: 'linus',
      scope: { kind: 'everything' },
      reason: 'at the sea',
      since: 0,
      until: RULED_AT + 1,
    };
    expect(by({})).toEqual(['linus', 'margaret']);
    expect(by({ editors: ['linus'] })).toEqual(['margaret']);
    expect(by({ delegations: [given] })).toEqual(['margaret']);
  });

  test('nobody where it is not production, or where nothing is waited for', () => {
    const staging = testInstallation({ notProduction: ['production'] }).installation;
    expect(brokenBy({}, staging)).toBeUndefined();
    expect(ruleOn(installation, anAction(), undefined, defaultAuthorize)).toMatchObject({ tier: 1 });
    expect(ruleOn(installation, anAction()).breakGlass).toBeUndefined();
  });
});

describe('the gate', () => {
  const glass = { person: 'linus', reason: 'down', incident: 'INC-1', at: 1, jws: 'j' };
  const requirement = aRequirement(1, 'ada', 'grace');

  test('is opened by one person, and what opened it is kept', () => {
    const settlement = decided(requirement, [], glass);
    expect(settlement).toEqual({ kind: 'brokenGlass', by: 'linus', reason: 'down', incident: 'INC-1' });
    expect(settlement && stopsAction(settlement)).toBeUndefined();
  });

  test('goes by those who should decide when they did with it', () => {
    expect(decided(requirement, [aVote('ada', 'deny')], glass)?.kind).toBe('denied');
    expect(decided(requirement, [aVote('ada')], glass)?.kind).toBe('approved');
  });
});

describe('the tightest watch', () => {
  const lax = aMetric({ failureLimit: -1, inconclusiveLimit: -1, consecutiveErrorLimit: 9 });
  const taken = (phase: Phase): Measurement => ({ metric: lax.name, phase, reason: phase, at: 0 });

  test.each([
    ['failed', 'regressed'],
    ['inconclusive', 'inconclusive'],
    ['error', 'error'],
    ['successful', 'pending'],
  ] as const)('ends with one measurement that is %s as %s', (phase, kind) => {
    expect(verdictOf({ metrics: [lax] }, [taken(phase)], false).kind).toBe('pending');
    expect(verdictOf(tightest({ metrics: [lax] }), [taken(phase)], false).kind).toBe(kind);
  });

  test('lasts as long as any policy that was asked wants it, also one of a mode that it did not get', () => {
    const ruling = ruleOn(installation, anAction());
    const policy = { id: 'p', effect: 'permit', owner: 'on-call', reason: 'r' } as const;
    const asked = (watchForMs?: number) => ({
      ...({ mode: 'execute', permitted: false, errors: [] } as const),
      policies: [watchForMs === undefined ? policy : { ...policy, watchForMs }],
    });
    expect(longestWatch({ ...ruling, modes: [asked()] })).toBe(0);
    expect(longestWatch({ ...ruling, modes: [asked(60_000), asked(90_000)], watchForMs: 70_000 })).toBe(
      90_000,
    );
    expect(longestWatch({ ...ruling, modes: [asked(60_000)], watchForMs: 70_000 })).toBe(70_000);
  });
});

describe('INVARIANT 4: the review', () => {
  test('is by others than whoever broke the glass', () => {
    const review = { withinMs: 1, requirement: aRequirement(1, 'linus', 'margaret') };
    const { approvers, excluded } = quorumOf(reviewedByOthers(review, 'linus').requirement);
    expect(approvers.map(({ person }) => person)).toEqual(['margaret']);
    expect(excluded).toEqual([{ person: 'linus', reason: 'linus let it run' }]);
  });
});

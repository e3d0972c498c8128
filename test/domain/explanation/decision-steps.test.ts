import { expect, test } from 'vitest';
import { decisionSteps } from '../../../src/domain/explanation/decision-steps.ts';
import { deploy, proposal } from '../../support/proposals.ts';
import { ALL, APPROVE, ruledBy } from '../../support/ruled-by.ts';

const waysOf = (ruling: ReturnType<typeof ruledBy>) =>
  decisionSteps(ruling).modes.map(({ mode, result, why }) => [mode, result, why]);

test('what the operators’ tables close is not open, and what comes after the way that was taken is not reached', () => {
  const ruling = ruledBy(`${ALL}${APPROVE}`, deploy('2.5.0'));
  expect(waysOf(ruling)).toEqual([
    ['execute', 'belowFloor', 'tier 3 is the least that it may have'],
    ['executeAfterWindow', 'belowFloor', 'tier 3 is the least that it may have'],
    ['executeWithApproval', 'taken', expect.stringMatching(/^permitted by /)],
    ['recommend', 'notReached', 'it was decided before'],
  ]);
  expect(decisionSteps(ruling)).toMatchObject({
    floor: ['this action on a tier-1 service is tier 3'],
    end: 'tier 3: people are asked',
  });
});

test('a way that a policy refused says which policy and why, and the next one is tried', () => {
  const ruling = ruledBy(`${ALL}${APPROVE}
    @id("not-catalog") @owner("group:catalog-team") @reason("it is sale week")
    forbid (principal, action == Action::"execute", resource == Service::"catalog");`);
  expect(waysOf(ruling).slice(0, 3)).toEqual([
    ['execute', 'refused', 'not-catalog forbids it (it is sale week)'],
    ['executeAfterWindow', 'taken', expect.stringMatching(/^permitted by /)],
    ['executeWithApproval', 'notReached', 'it was decided before'],
  ]);
  expect(decisionSteps(ruling)).toMatchObject({
    floor: ['this action on a tier-3 service is tier 1'],
    end: 'tier 2: people may stop it in a window, above the least tier 1',
  });
});

test('where no way is left it is refused, and none is taken', () => {
  const ruling = ruledBy('', proposal());
  expect(waysOf(ruling).map(([, result, why]) => [result, why])).toEqual(
    Array.from({ length: 4 }, () => ['refused', 'no policy permits it']),
  );
  expect(decisionSteps(ruling).end).toBe('tier 1: it is refused, because policy permits no way');
});

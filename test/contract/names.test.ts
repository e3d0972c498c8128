import { describe, expect, test } from 'vitest';
import { FAILURES, ProposalRefused } from '../../src/contract/errors.ts';
import { actionIdOf, actionWorkflowId, reviewWorkflowId } from '../../src/contract/ids.ts';
import { searchAttributes } from '../../src/contract/search-attributes.ts';
import { proposal } from '../support/proposals.ts';

describe('ids', () => {
  const actionId = actionIdOf(proposal({ idempotencyKey: 'flush-1' }));

  test('the workflow of an action and that of its review have ids of their own', () => {
    expect(actionWorkflowId(actionId)).toBe(`action/${actionId}`);
    expect(reviewWorkflowId(actionId)).toBe(`review/${actionId}`);
  });

  test('the longest names that a proposal may hold still fit what a decision may name', () => {
    const longest = 'a'.repeat(100);
    const given = proposal({ agent: { id: longest, version: '1' }, idempotencyKey: longest });
    expect(actionWorkflowId(actionIdOf(given)).length).toBeLessThanOrEqual(300);
  });
});

describe('what others match on', () => {
  test('failures are named once each', () => {
    expect(new Set(FAILURES).size).toBe(FAILURES.length);
  });

  test('search attributes are named once each, and as ours', () => {
    const names = Object.values(searchAttributes).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^Countersign[A-Z][A-Za-z]+$/);
  });

  test('a proposal that is refused names every fault in its message', () => {
    const faults = [
      { where: 'target', problem: 'is empty' },
      { where: 'params.a', problem: 'is missing' },
    ];
    const refused = new ProposalRefused(faults);
    expect(refused).toMatchObject({ name: 'ProposalRefused', faults });
    expect(refused.message).toBe('The proposal is refused:\n  target: is empty\n  params.a: is missing');
  });
});

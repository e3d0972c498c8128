import { expect, test } from 'vitest';
import { whyNotTakeBack } from '../../../src/domain/ruling/who-takes-back.ts';
import { testInstallation } from '../../support/installation.ts';
import { authorizeBy, DEFAULT_POLICIES, impactOf, RULED_AT } from '../../support/policies.ts';
import { heldAt } from '../../support/standing.ts';
import { anAction } from '../support.ts';

const { installation } = testInstallation();
/** Of cache-agent, which radia owns, on catalog, which edsger owns. */
const ran = anAction();

const whyNot = (person: string, policies = '', from = installation) => {
  const action = anAction({
    agent: { id: 'countersign', version: '1', owner: `user:${person}` },
    takesBack: { actionId: ran.id, digest: 'd', admittedAt: 1 },
  });
  const facts = {
    action,
    impact: impactOf(from, action),
    held: heldAt(1),
    circumstances: {},
    at: RULED_AT,
  };
  return whyNotTakeBack(from, authorizeBy(DEFAULT_POLICIES, policies), facts, ran);
};

test.each(['edsger', 'linus'])('%s may ask, who may approve such an action', (person) => {
  expect(whyNot(person)).toBeUndefined();
});

test.each([
  ['grace', /grace is not in catalog-team or sre-on-call$/],
  ['radia', /radia owns the agent cache-agent, which asked for this$/],
])('INVARIANT 4: %s may not', (person, reason) => {
  expect(whyNot(person)).toMatch(reason);
});

test('whom a policy does not let approve today may not ask', () => {
  const policy = `@id("not-linus") @owner("on-call") @reason("away")
    forbid (principal == User::"linus", action == Action::"approve", resource);`;
  expect(whyNot('linus', policy)).toMatch(/not-linus forbids it/);
});

test('also where the agent is gone that asked for it', () => {
  const { 'cache-agent': _, ...agents } = installation.agents;
  const without = testInstallation({ agents }).installation;
  expect(whyNot('edsger', '', without)).toBeUndefined();
  expect(whyNot('radia', '', without)).toMatch(/owns the agent/);
});

test('nobody may where nobody may approve', () => {
  const policy = `@id("closed") @owner("on-call") @reason("sold")
    forbid (principal is Agent, action, resource);`;
  expect(whyNot('edsger', policy)).toMatch(/^nobody may approve it today: .*closed forbids it/);
});

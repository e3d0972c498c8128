import { expect, test } from 'vitest';
import type { Hold } from '../../../src/domain/admission/hold.ts';
import {
  type Behind,
  holdText,
  liftersOf,
  standingHold,
  stops,
  whyNotLift,
} from '../../../src/domain/ruling/lift-hold.ts';
import { testInstallation } from '../../support/installation.ts';
import { anAction } from '../support.ts';

/** linus and margaret are on call, who may lift; radia owns cache-agent, ada owns deploy-agent. */
const { installation } = testInstallation();
const behind = (changes: Partial<Behind> = {}): Behind => ({
  agent: 'cache-agent',
  granters: [],
  editors: [],
  ...changes,
});
const hold: Hold = {
  id: 'hold-1',
  scope: { kind: 'service', service: 'catalog' },
  placedBy: 'grace',
  reason: 'errors',
  at: 0,
};

test.each<[string, string, Behind | undefined, string | undefined]>([
  ['an owner of the agent', 'radia', behind(), 'radia owns the agent cache-agent'],
  ['an owner of another agent', 'radia', behind({ agent: 'deploy-agent' }), undefined],
  [
    'whoever granted it a level',
    'linus',
    behind({ granters: ['linus'] }),
    'linus granted cache-agent a level that it holds',
  ],
  [
    'whoever edited what left it behind',
    'linus',
    behind({ editors: ['linus'] }),
    'linus edited what left it behind',
  ],
  ['anybody else', 'margaret', behind({ granters: ['linus'], editors: ['grace'] }), undefined],
  ['anybody, of what is no agent’s', 'radia', undefined, undefined],
])('INVARIANT 4: %s', (_, person, of, expected) => {
  expect(whyNotLift(installation, person, of)).toBe(expected);
});

test('a hold is lifted by those whom operators let, without the side of its agent', () => {
  expect(liftersOf(installation, undefined)).toEqual(['linus', 'margaret']);
  expect(liftersOf(installation, behind({ granters: ['linus'] }))).toEqual(['margaret']);
  const rules = { ...installation.rules, standing: undefined };
  expect(liftersOf({ ...installation, rules }, undefined)).toEqual([]);
});

test('what stops only what nobody approves is in the way of nothing else', () => {
  const action = anAction({ target: 'catalog' });
  expect(stops(hold, action, false)).toBe(true);
  expect(stops({ ...hold, autonomousOnly: true }, action, false)).toBe(false);
  expect(stops({ ...hold, autonomousOnly: true }, action, true)).toBe(true);
  expect(stops(hold, anAction({ target: 'cart' }), true)).toBe(false);
});

test('a hold says what stops, why, and who can lift it', () => {
  expect(holdText(standingHold(installation, hold, undefined))).toBe(
    'nothing of it runs while catalog in every environment is on hold since 1970-01-01T00:00:00.000Z, placed by grace: errors; linus, margaret can lift it (hold-1)',
  );
  expect(holdText({ id: 'hold-1', what: 'x', liftedBy: [] })).toContain('nobody may lift it');
});

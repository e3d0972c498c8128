import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionName } from '../../../src/domain/action/session-name.ts';

test('a session bears who approved and the action', () => {
  expect(sessionName('deployer.a1', ['grace', 'linus'])).toBe('grace+linus@deployer.a1');
  expect(sessionName('deployer.a1', [])).toBe('nobody@deployer.a1');
});

test('whatever the names are, AWS STS takes it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (actionId, approvedBy) => {
      expect(sessionName(actionId, approvedBy)).toMatch(/^[\w+=,.@-]{2,64}$/);
    }),
  );
});

test('two actions have two names, also where they are too long or have other characters', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
      fc.pre(one !== other);
      expect(sessionName(`x${'y'.repeat(80)}${one}`, ['grace'])).not.toBe(
        sessionName(`x${'y'.repeat(80)}${other}`, ['grace']),
      );
      expect(sessionName(one, ['grace'])).not.toBe(sessionName(other, ['grace']));
    }),
  );
});

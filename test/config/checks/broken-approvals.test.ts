import { describe } from 'vitest';
import { testBroken } from '../broken.ts';
import { review, SECURITY } from './approval-edits.ts';

const file = 'countersign.yaml';
const needing = (require: string) => ({
  file,
  replace: SECURITY,
  by: SECURITY.replace(/require: .*/, () => `require: ${require}`),
});

describe('the shape of an approval', () => {
  testBroken([
    {
      rule: 'an empty choice is none',
      ...review('{ atLeast: 1, of: [owners], anyOf: [] }'),
      problem: 'review.approval.anyOf: needs at least 2',
    },
    {
      rule: 'two forms are one too many',
      ...review(
        '{ atLeast: 1, of: [owners], anyOf: [{ atLeast: 1, of: [owners] }, { atLeast: 1, of: [on-call] }] }',
      ),
      problem: 'review.approval: needs exactly one of: atLeast with of; allOf; anyOf',
    },
    {
      rule: 'none is one too few',
      ...review('{}'),
      problem: 'review.approval: needs exactly one of: atLeast with of; allOf; anyOf',
    },
    {
      rule: 'a number needs its group',
      ...review('{ atLeast: 2 }'),
      problem: 'review.approval: needs exactly one of: atLeast with of; allOf; anyOf',
    },
    {
      rule: 'one of several is no choice',
      ...review('{ allOf: [{ atLeast: 1, of: [owners] }] }'),
      problem: 'review.approval.allOf: needs at least 2',
    },
    {
      rule: 'an unknown key is named at any depth',
      ...review('{ allOf: [{ atLeast: 1, of: [owners] }, { atLeast: 1, of: [on-call], anyof: [] }] }'),
      problem: 'review.approval.allOf.1.anyof: unknown key; did you mean "anyOf"?',
    },
    {
      rule: 'a group is named in one of four ways at any depth',
      ...needing('{ anyOf: [{ atLeast: 1, of: [owners] }, { atLeast: 1, of: [security] }] }'),
      at: 'of: [security]',
      problem: 'approvals.0.require.anyOf.1.of.0: must be owners, data-owners, on-call or group:name',
    },
    {
      rule: 'a group exists at any depth',
      ...needing('{ allOf: [{ atLeast: 1, of: [owners] }, { atLeast: 1, of: [group:securty] }] }'),
      at: 'group:securty',
      problem:
        'approvals.0.require.allOf.1.of.0: group:securty is not in the catalog; did you mean "group:security"?',
    },
    {
      rule: 'an approval that is part of itself is refused',
      file,
      replace: 'approval: { atLeast: 1, of: [owners] }',
      by: 'approval: &again { anyOf: [*again, *again] }',
      problem: 'review.approval.anyOf.0: an alias (*name) may not stand inside its own anchor (&name)',
    },
  ]);
});

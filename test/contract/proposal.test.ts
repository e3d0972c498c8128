import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProposal } from '../../src/contract/proposal.ts';
import { inexactIn } from '../../src/domain/shared/exact-json.ts';
import { proposal } from '../support/proposals.ts';

const valid = proposal({ idempotencyKey: 'flush-1' });
const { rationale } = valid;

const faultsOf = (input: unknown) => {
  const parsed = parseProposal(input);
  return parsed.kind === 'refused' ? parsed.faults : [];
};
const without = (member: keyof typeof valid) =>
  Object.fromEntries(Object.entries(valid).filter(([name]) => name !== member));
const explained = (changes: object) => ({ ...valid, rationale: { ...rationale, ...changes } });

const IDENTIFIER = 'must be 1 to 100 letters, digits, ".", "_" or "-", starting with a letter or digit';

test('a proposal that explains itself is taken as it is', () => {
  expect(parseProposal(valid)).toEqual({ kind: 'proposal', proposal: valid });
});

test('blanks around what people will read are left out, and nothing else is changed', () => {
  const padded = explained({ summary: '  two\n\tlines  ' });
  expect(parseProposal(padded)).toEqual({
    kind: 'proposal',
    proposal: explained({ summary: 'two\n\tlines' }),
  });
});

describe('INVARIANT 11: an agent that does not explain itself is refused', () => {
  test.each([
    ['the rationale', without('rationale'), 'rationale', 'is missing'],
    ['the summary', explained({ summary: undefined }), 'rationale.summary', 'is missing'],
    ['a summary of blanks', explained({ summary: ' \n ' }), 'rationale.summary', 'is empty'],
    ['the confidence', explained({ confidence: undefined }), 'rationale.confidence', 'is missing'],
    ['the alternatives', explained({ alternatives: undefined }), 'rationale.alternatives', 'is missing'],
    [
      'any alternative',
      explained({ alternatives: [] }),
      'rationale.alternatives',
      'needs at least one alternative that was considered',
    ],
    ['the evidence', without('evidence'), 'evidence', 'is missing'],
    ['any evidence', { ...valid, evidence: [] }, 'evidence', 'needs at least one piece of evidence'],
    ['the success criteria', without('successCriteria'), 'successCriteria', 'is missing'],
    [
      'any success criterion',
      { ...valid, successCriteria: [] },
      'successCriteria',
      'needs at least one success criterion',
    ],
    ['a success criterion with words', { ...valid, successCriteria: [' '] }, 'successCriteria.0', 'is empty'],
  ])('INVARIANT 11: without %s', (_, input, where, problem) => {
    expect(faultsOf(input)).toEqual([{ where, problem }]);
  });

  test('INVARIANT 11: an alternative needs its confidence and why it was not chosen', () => {
    expect(faultsOf(explained({ alternatives: [{ option: 'wait' }] })).map(({ where }) => where)).toEqual([
      'rationale.alternatives.0.confidence',
      'rationale.alternatives.0.whyNot',
    ]);
  });

  test('an alternative may say which action it is, with parameters and a target of its own', () => {
    const [alternative] = rationale.alternatives;
    const actions = [{ type: 'cache.warm' }, { type: 'a', params: { keys: ['prices'] }, target: 'cart' }];
    for (const action of actions)
      expect(faultsOf(explained({ alternatives: [{ ...alternative, action }] }))).toEqual([]);
  });

  test.each([
    ['that is a name alone', 'cache.warm', 'action', 'must be an object'],
    ['without a type', {}, 'action.type', 'is missing'],
    ['with a type that is no name', { type: '../x' }, 'action.type', IDENTIFIER],
    [
      'in another environment',
      { type: 'a', environment: 'x' },
      'action.environment',
      'is not a known member',
    ],
    ['on several targets', { type: 'a', target: ['cart'] }, 'action.target', 'must be text'],
    ['with parameters that are a list', { type: 'a', params: [] }, 'action.params', 'must be an object'],
  ])('an alternative action %s is refused', (_, action, where, problem) => {
    const [alternative] = rationale.alternatives;
    expect(faultsOf(explained({ alternatives: [{ ...alternative, action }] }))).toEqual([
      { where: `rationale.alternatives.0.${where}`, problem },
    ]);
  });

  test('INVARIANT 11: evidence needs a title and its detail', () => {
    expect(faultsOf({ ...valid, evidence: [{}] }).map(({ where }) => where)).toEqual([
      'evidence.0.title',
      'evidence.0.detail',
    ]);
  });
});

describe('each fault is named with its place', () => {
  test.each([
    ['a missing name', without('target'), 'target', 'is missing'],
    ['missing parameters', without('params'), 'params', 'is missing'],
    ['parameters that are a list', { ...valid, params: [] }, 'params', 'must be an object'],
    ['a missing agent', without('agent'), 'agent', 'is missing'],
    ['an agent without a version', { ...valid, agent: { id: 'a' } }, 'agent.version', 'is missing'],
    ['a name that is a number', { ...valid, target: 7 }, 'target', 'must be text'],
    ['evidence in words', { ...valid, evidence: 'slow' }, 'evidence', 'must be a list'],
    ['an empty name', { ...valid, actionType: '' }, 'actionType', IDENTIFIER],
    ['a name that climbs', { ...valid, target: '../catalog' }, 'target', IDENTIFIER],
    ['a name with a slash', { ...valid, idempotencyKey: 'a/b' }, 'idempotencyKey', IDENTIFIER],
    ['a name with a blank', { ...valid, environment: 'prod uction' }, 'environment', IDENTIFIER],
    ['a name with a line break', { ...valid, target: 'catalog\n' }, 'target', IDENTIFIER],
    ['a name that begins with a dash', { ...valid, target: '-rf' }, 'target', IDENTIFIER],
    ['a name of letters that look Latin', { ...valid, target: 'c\u0430talog' }, 'target', IDENTIFIER],
    ['a member that nobody knows', { ...valid, tier: 1 }, 'tier', 'is not a known member'],
    [
      'a number that may have been another one before it was read',
      { ...valid, params: { ids: [2 ** 53] } },
      'params.ids.0',
      '9007199254740992 would arrive as another number: whole numbers go up to 9007199254740991 (2^53 - 1); send a larger one as text, in quotes',
    ],
    [
      'one inside',
      { ...valid, agent: { ...valid.agent, owner: 'me' } },
      'agent.owner',
      'is not a known member',
    ],
    ['a tier that is none', { ...valid, declaredTier: 5 }, 'declaredTier', 'must be 1, 2, 3 or 4'],
    ['a tier of zero', { ...valid, declaredTier: 0 }, 'declaredTier', 'must be 1, 2, 3 or 4'],
    ['a tier between two', { ...valid, declaredTier: 2.5 }, 'declaredTier', 'must be 1, 2, 3 or 4'],
    ['a tier in words', { ...valid, declaredTier: '3' }, 'declaredTier', 'must be 1, 2, 3 or 4'],
    ['a confidence below 0', explained({ confidence: -0.01 }), 'rationale.confidence', 'must be 0 to 1'],
    ['a confidence above 1', explained({ confidence: 1.01 }), 'rationale.confidence', 'must be 0 to 1'],
    [
      'a confidence of NaN',
      explained({ confidence: Number.NaN }),
      'rationale.confidence',
      'must be a number',
    ],
    ['a confidence in words', explained({ confidence: 'high' }), 'rationale.confidence', 'must be a number'],
    [
      'control characters',
      explained({ summary: 'a\u0007b' }),
      'rationale.summary',
      'holds control characters',
    ],
    [
      'an escape sequence',
      { ...valid, successCriteria: ['\u001b[2J'] },
      'successCriteria.0',
      'holds control characters',
    ],
    ['a carriage return', explained({ summary: 'a\r\nb' }), 'rationale.summary', 'holds control characters'],
    [
      'half a character',
      explained({ summary: 'a\ud800b' }),
      'rationale.summary',
      'holds half a character (a lone surrogate)',
    ],
    [
      'half a character in a parameter',
      { ...valid, params: { a: ['\udc00'] } },
      'params.a.0',
      'holds half a character (a lone surrogate)',
    ],
    [
      'a parameter of NaN',
      { ...valid, params: { a: { b: Number.NaN } } },
      'params.a.b',
      'not a finite number',
    ],
    [
      'an endless parameter',
      { ...valid, params: { a: [1, Number.POSITIVE_INFINITY] } },
      'params.a.1',
      'not a finite number',
    ],
    [
      'a parameter that is not there',
      { ...valid, params: { a: undefined } },
      'params.a',
      'a undefined is not JSON',
    ],
    ['a function', { ...valid, params: { a: () => 1 } }, 'params.a', 'a function is not JSON'],
  ])('%s', (_, input, where, problem) => {
    expect(faultsOf(input)).toEqual([{ where, problem }]);
  });

  test.each([
    [null, 'must be an object'],
    [undefined, 'is missing'],
    [7, 'must be an object'],
    ['{}', 'must be an object'],
    [[], 'must be an object'],
  ])('%j is no proposal at all', (input, problem) => {
    expect(faultsOf(input)).toEqual([{ where: 'the whole', problem }]);
  });
});

test('several faults are reported at once', () => {
  const input = { ...explained({ confidence: 2, summary: '' }), target: '?', evidence: [], surprise: 1 };
  expect(faultsOf(input)).toEqual([
    { where: 'target', problem: IDENTIFIER },
    { where: 'rationale.summary', problem: 'is empty' },
    { where: 'rationale.confidence', problem: 'must be 0 to 1' },
    { where: 'evidence', problem: 'needs at least one piece of evidence' },
    { where: 'surprise', problem: 'is not a known member' },
  ]);
  expect(faultsOf({}).map(({ where }) => where)).toEqual([
    'actionType',
    'target',
    'environment',
    'params',
    'agent',
    'rationale',
    'evidence',
    'successCriteria',
    'idempotencyKey',
  ]);
});

test('parameters of any JSON are taken as they are', () => {
  const anyParams = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 6 }));
  fc.assert(
    fc.property(anyParams, (written) => {
      const text = JSON.stringify(written);
      fc.pre(!/"(__proto__|constructor|prototype)":/.test(text));
      const params = JSON.parse(text);
      fc.pre(inexactIn(params).length === 0);
      expect(parseProposal({ ...valid, params })).toEqual({
        kind: 'proposal',
        proposal: { ...valid, params },
      });
    }),
    { numRuns: 1_000 },
  );
});

test.each(['1.2.3+build.7', '2026.11.29-rc.1+exp.sha.5114f85'])(
  'the version of an agent may be %s (SemVer 2.0.0)',
  (version) => {
    expect(parseProposal({ ...valid, agent: { id: 'a', version } }).kind).toBe('proposal');
  },
);

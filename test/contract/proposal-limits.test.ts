import { describe, expect, test } from 'vitest';
import { MAX_PROPOSAL_BYTES, parseProposal } from '../../src/contract/proposal.ts';
import { proposal } from '../support/proposals.ts';

const valid = proposal({ idempotencyKey: 'flush-1' });
const { rationale } = valid;

const faultsOf = (input: unknown) => {
  const parsed = parseProposal(input);
  return parsed.kind === 'refused' ? parsed.faults : [];
};
const explained = (changes: object) => ({ ...valid, rationale: { ...rationale, ...changes } });

const IDENTIFIER = 'must be 1 to 100 letters, digits, ".", "_" or "-", starting with a letter or digit';
const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

describe('limits, at and above', () => {
  const alternative = rationale.alternatives[0];
  const [evidence] = valid.evidence;
  const cases: [string, (n: number) => object, number, string, string][] = [
    ['letters of a name', (n) => ({ ...valid, target: 'a'.repeat(n) }), 100, 'target', IDENTIFIER],
    [
      'characters of a summary',
      (n) => explained({ summary: 'a'.repeat(n) }),
      4_000,
      'rationale.summary',
      'is longer than 4000 characters',
    ],
    [
      'characters of an option',
      (n) => explained({ alternatives: [{ ...alternative, option: 'a'.repeat(n) }] }),
      500,
      'rationale.alternatives.0.option',
      'is longer than 500 characters',
    ],
    [
      'characters of why not',
      (n) => explained({ alternatives: [{ ...alternative, whyNot: 'a'.repeat(n) }] }),
      1_000,
      'rationale.alternatives.0.whyNot',
      'is longer than 1000 characters',
    ],
    [
      'characters of a title',
      (n) => ({ ...valid, evidence: [{ ...evidence, title: 'a'.repeat(n) }] }),
      200,
      'evidence.0.title',
      'is longer than 200 characters',
    ],
    [
      'characters of a detail',
      (n) => ({ ...valid, evidence: [{ ...evidence, detail: 'a'.repeat(n) }] }),
      2_000,
      'evidence.0.detail',
      'is longer than 2000 characters',
    ],
    [
      'characters of a criterion',
      (n) => ({ ...valid, successCriteria: ['a'.repeat(n)] }),
      500,
      'successCriteria.0',
      'is longer than 500 characters',
    ],
    [
      'alternatives',
      (n) => explained({ alternatives: times(n, alternative) }),
      20,
      'rationale.alternatives',
      'must have at most 20 items',
    ],
    [
      'pieces of evidence',
      (n) => ({ ...valid, evidence: times(n, evidence) }),
      20,
      'evidence',
      'must have at most 20 items',
    ],
    [
      'criteria',
      (n) => ({ ...valid, successCriteria: times(n, 'x') }),
      20,
      'successCriteria',
      'must have at most 20 items',
    ],
  ];

  test.each(cases)('%s', (_, withSize, limit, where, problem) => {
    expect(faultsOf(withSize(limit))).toEqual([]);
    expect(faultsOf(withSize(limit + 1))).toEqual([{ where, problem }]);
  });

  test.each([0, 1, 0.5])('a confidence of %f is taken', (confidence) => {
    expect(faultsOf(explained({ confidence }))).toEqual([]);
  });

  test.each([1, 2, 3, 4, undefined])('a declared tier of %s is taken', (declaredTier) => {
    expect(faultsOf({ ...valid, declaredTier })).toEqual([]);
  });

  test('bytes of the whole, as JSON in UTF-8', () => {
    const withFiller = (filler: string) => ({ ...valid, params: { filler } });
    const left = MAX_PROPOSAL_BYTES - JSON.stringify(withFiller('')).length;
    const tooLarge = [{ where: 'the whole', problem: 'has 65537 bytes, at most 65536 are taken' }];
    expect(faultsOf(withFiller('a'.repeat(left)))).toEqual([]);
    expect(faultsOf(withFiller('a'.repeat(left + 1)))).toEqual(tooLarge);
    expect(faultsOf(withFiller(`${'a'.repeat(left - 1)}é`))).toEqual(tooLarge);
  });
});

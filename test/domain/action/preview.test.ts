import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changeText,
  fitted,
  MOST_CHANGES,
  type Preview,
  type Previewed,
  previewDrift,
  previewLines,
  saysTheSame,
} from '../../../src/domain/action/preview.ts';
import { canonicalJson } from '../../../src/domain/shared/digest.ts';

const scaled = (changes: Partial<Preview> = {}): Preview => ({
  summary: 'scale deployment/checkout from 3 to 5 replicas',
  changes: [{ what: 'spec.replicas', from: 3, to: 5 }],
  boundTo: { uid: '7c1', generation: '4' },
  ...changes,
});
const previewed = (preview: Preview): Previewed => ({ kind: 'previewed', preview });
const refused: Previewed = { kind: 'refused', reason: 'the quota is used up' };
const unknown: Previewed = { kind: 'unknown', reason: 'no answer' };

const anyJson = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const anyPreview: fc.Arbitrary<Preview> = fc.record({
  summary: fc.string(),
  changes: fc.array(fc.record({ what: fc.string(), from: anyJson, to: anyJson }), { maxLength: 5 }),
  boundTo: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
});

describe('what an action would do is another thing', () => {
  test.each<[string, Previewed, string]>([
    [
      'where somebody changed the same value in between',
      previewed(scaled({ changes: [{ what: 'spec.replicas', from: 4, to: 5 }] })),
      'it would do something else now: spec.replicas: 4 to 5 instead of spec.replicas: 3 to 5',
    ],
    [
      'where something else changes with it',
      previewed(scaled({ changes: [...scaled().changes, { what: 'spec.paused', to: true }] })),
      'it would do something else now: spec.paused: true, which is new',
    ],
    [
      'where it changes less',
      previewed(scaled({ changes: [] })),
      'it would do something else now: no change of spec.replicas',
    ],
    [
      'where it is another object',
      previewed(scaled({ boundTo: { uid: '9d2', generation: '4' } })),
      'it would do something else now: uid is 9d2 and was 7c1',
    ],
    ['where it would be refused', refused, 'it would be refused now: the quota is used up'],
    ['where nobody can say any more', unknown, 'it is not known any more what it would do: no answer'],
  ])('%s', (_, now, reason) => {
    expect(previewDrift(previewed(scaled()), now)).toEqual([reason]);
  });

  test('where it was not known, and is by now', () => {
    expect(previewDrift(unknown, previewed(scaled()))).toEqual([
      'it is known by now what it would do: scale deployment/checkout from 3 to 5 replicas',
    ]);
  });

  test('where its executor makes previews by now', () => {
    expect(previewDrift(undefined, previewed(scaled()))).toHaveLength(1);
  });

  test('exactly where a change or what it is bound to differs', () => {
    fc.assert(
      fc.property(anyPreview, anyPreview, (then, now) => {
        const isSame =
          canonicalJson([then.changes, then.boundTo]) === canonicalJson([now.changes, now.boundTo]);
        expect(previewDrift(previewed(then), previewed(now)).length === 0).toBe(isSame);
        expect(previewDrift(previewed(then), previewed(structuredClone(then)))).toEqual([]);
      }),
    );
  });
});

describe('a preview that is kept', () => {
  const many = (n: number, last = 'x') =>
    scaled({
      changes: Array.from({ length: n }, (_, i) => ({ what: `line ${i}`, to: i === n - 1 ? last : 'x' })),
    });

  test('is left as it is where it fits', () => {
    expect(fitted(scaled())).toEqual(previewed(scaled()));
  });

  test('says how much it leaves out, and is bound to that too', () => {
    const one = fitted(many(MOST_CHANGES + 1, 'x'));
    const other = fitted(many(MOST_CHANGES + 1, 'y'));
    if (one.kind !== 'previewed' || other.kind !== 'previewed') throw new Error('it fits');
    expect(one.preview.changes).toHaveLength(MOST_CHANGES);
    expect(one.preview.summary).toMatch(/\(1 more changes are not shown\)$/);
    expect(saysTheSame(one.preview, other.preview)).toBe(false);
  });

  test('is bound to a long value that is cut', () => {
    const long = (end: string) =>
      fitted(scaled({ changes: [{ what: 'data', to: 'x'.repeat(9_000) + end }] }));
    const [one, other] = [long('a'), long('b')];
    if (one.kind !== 'previewed' || other.kind !== 'previewed') throw new Error('it fits');
    expect(canonicalJson(one.preview).length).toBeLessThan(3_000);
    expect(saysTheSame(one.preview, other.preview)).toBe(false);
  });

  test('is not known where too much of it would have to be kept', () => {
    expect(fitted(scaled({ before: 'x'.repeat(100_001) }))).toMatchObject({ kind: 'unknown' });
  });
});

test('people read in a message what changes, the first ten, and that there are more', () => {
  const changes = Array.from({ length: 12 }, (_, i) => ({ what: `line ${i}`, from: i, to: i + 1 }));
  const lines = previewLines(previewed(scaled({ changes })));
  expect(lines[0]).toBe('the system says: scale deployment/checkout from 3 to 5 replicas');
  expect(lines.slice(1, 3)).toEqual(['line 0: 0 to 1', 'line 1: 1 to 2']);
  expect(lines.at(-1)).toBe('and 2 more changes');
  expect(previewLines(previewed(scaled({ changes: [] })))).toContain('it would change nothing');
  expect([refused, unknown].flatMap(previewLines)).toEqual([
    'the system says that it would refuse it: the quota is used up',
    'it is not known what it would do: no answer',
  ]);
});

test.each([
  [{ what: 'a', from: 1, to: 2 }, 'a: 1 to 2'],
  [{ what: 'a', to: 2 }, 'a: 2, which is new'],
  [{ what: 'a', from: 1 }, 'a: 1 is removed'],
  [{ what: 'evict pod/a' }, 'evict pod/a'],
])('a change in words: %j', (change, text) => {
  expect(changeText(change)).toBe(text);
});

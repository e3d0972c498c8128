import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gapsOf, type Seats } from '../../../src/domain/approval/bipartite-matching.ts';

const PEOPLE = ['ada', 'barbara', 'edsger', 'grace', 'linus'];

const places = (count: number, ...people: string[]): Seats => ({ count, people });
const emptyIn = (all: readonly Seats[], people: readonly string[]) =>
  gapsOf(all, people).reduce((sum, { missing }) => sum + missing, 0);

/** The fewest places that stay empty, found by trying every place for every person. */
function fewestEmpty(all: readonly Seats[], people: readonly string[]): number {
  const [person, ...rest] = people;
  if (person === undefined) return all.reduce((sum, { count }) => sum + count, 0);
  const placed = all.flatMap(({ count, people: fits }, i) =>
    count > 0 && fits.includes(person)
      ? [all.map((other, j) => (j === i ? { ...other, count: count - 1 } : other))]
      : [],
  );
  return Math.min(...[all, ...placed].map((left) => fewestEmpty(left, rest)));
}

const anyPlaces = fc.record({ count: fc.integer({ min: 0, max: 3 }), people: fc.subarray(PEOPLE) });
const anyAll = fc.array(anyPlaces, { maxLength: 4 });
const anyPeople = fc.shuffledSubarray(PEOPLE);

describe('how many places stay empty', () => {
  test.each([
    ['nobody is there', [places(2, 'ada')], [], 2],
    ['there is no place', [], ['ada'], 0],
    ['somebody fits nowhere', [places(1, 'ada')], ['grace'], 1],
    ['one fits in both', [places(1, 'ada'), places(1, 'ada')], ['ada'], 1],
    ['one moves on for another', [places(1, 'ada', 'grace'), places(1, 'ada')], ['ada', 'grace'], 0],
    [
      'two move on, one after the other',
      [places(1, 'ada', 'grace'), places(1, 'ada', 'linus'), places(1, 'linus')],
      ['ada', 'linus', 'grace'],
      0,
    ],
    ['more places are asked for than could ever be filled', [places(1e9, 'ada')], ['ada'], 1e9 - 1],
    ['somebody comes twice', [places(2, 'ada')], ['ada', 'ada'], 1],
    ['somebody is listed twice', [places(2, 'ada', 'ada')], ['ada'], 1],
  ])('when %s', (_, all, people, empty) => {
    expect(emptyIn(all, people)).toBe(empty);
  });

  test('INVARIANT 4: as few as trying everything finds, and nobody is on two', () => {
    fc.assert(
      fc.property(anyAll, anyPeople, (all, people) => {
        expect(emptyIn(all, people)).toBe(fewestEmpty(all, people));
      }),
      { numRuns: 2_000 },
    );
  });

  test('neither the order of people nor that of places matters', () => {
    const shuffled = anyAll.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, anyPeople, ([all, other], people) => {
        expect(emptyIn(other, [...people].reverse())).toBe(emptyIn(all, people));
      }),
      { numRuns: 1_000 },
    );
  });
});

test('for whom a gap is open: one more person fills a place exactly when they fit where it says', () => {
  fc.assert(
    fc.property(anyAll, anyPeople, fc.constantFrom(...PEOPLE), (all, people, next) => {
      fc.pre(!people.includes(next));
      const helpful = new Set(gapsOf(all, people).flatMap(({ from }) => from));
      const fits = all.some((place, i) => helpful.has(i) && place.people.includes(next));
      expect(emptyIn(all, [...people, next]) < emptyIn(all, people)).toBe(fits);
    }),
    { numRuns: 2_000 },
  );
});
